/** Argon2id by itself, so that only what stretches a passphrase is fetched with it (docs/spec/11-vault.md). */
export { argon2id } from "hash-wasm";
