"""The ways into a person's vault: passphrase with second secret, recovery code, passkeys."""
