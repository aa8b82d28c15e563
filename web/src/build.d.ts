/** Names the sources this bundle was built from; set by bundle.mjs, the same in every file of one build. */
declare const __BUILD__: string;
