// ESLint knows types here: what it forbids is what the compiler cannot (docs/decisions/0005-typescript-6-for-lint.md).
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules/", ".test-build/", "bundle.mjs", "eslint.config.mjs"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { project: ["./tsconfig.json", "./tsconfig.worker.json"], tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-console": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "Text is rendered as text nodes." },
        { property: "outerHTML", message: "Text is rendered as text nodes." },
        { property: "insertAdjacentHTML", message: "Text is rendered as text nodes." },
        { property: "localStorage", message: "Nothing of a member lies in plain storage." },
        { object: "Math", property: "random", message: "Use crypto.getRandomValues." },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "Text is rendered as text nodes." },
      ],
      eqeqeq: "error",
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      "@typescript-eslint/no-misused-spread": ["error", { allow: ["string"] }], // [...text] is its code points
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  storeys("crypto", ["domain", "store", "net", "worker", "ui"]),
  storeys("domain", ["store", "net", "worker", "ui"]),
  storeys("store", ["net", "worker", "ui"]),
  storeys("net", ["ui"]),
  storeys("worker", ["ui"]),
);

/** A lower storey never imports a higher one: crypto ← domain ← store ← net, worker; ui stands on top. */
function storeys(room, higher) {
  // protocol.ts belongs to both its sides: types of what a page and the worker say to each other.
  const pattern = `(^|/)(${higher.join("|")})/(?!protocol\\.ts$)`;
  return {
    files: [`src/${room}/**`],
    rules: {
      "no-restricted-imports": ["error", { patterns: [{ regex: pattern, message: `${room} may not import it.` }] }],
    },
  };
}
