/** What the server's shell tells a page through data attributes (web/templates/shell.html): never a secret, never content. */

export interface Shell {
  readonly hubName: string;
  readonly exercise: boolean;
  /** The French catalogue of the first load, and of what is fetched later; English sentences are their own catalogue. */
  readonly catalogue: string | null;
  readonly catalogueMore: string | null;
  /** Templates and reference lists, public and named by their hash. */
  readonly documents: string | null;
  readonly build: string;
}

const said = document.documentElement.dataset;

export const shell: Shell = {
  hubName: said["hubName"] ?? "NCP Hub",
  exercise: said["exercise"] !== undefined,
  catalogue: said["catalogue"] ?? null,
  catalogueMore: said["catalogueMore"] ?? null,
  documents: said["documents"] ?? null,
  build: __BUILD__,
};
