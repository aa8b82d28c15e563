-- Further ways into a vault, changed one after the other; which devices are still used; approvals under way.

ALTER TABLE account_wrap DROP CONSTRAINT account_wrap_kind_check;
ALTER TABLE account_wrap ADD CONSTRAINT account_wrap_kind_check CHECK (kind IN ('passphrase', 'recovery', 'passkey'));
ALTER TABLE account_wrap ADD COLUMN pending boolean NOT NULL DEFAULT false;
ALTER TABLE account_wrap ADD COLUMN number integer NOT NULL DEFAULT 1 CHECK (number >= 1);
ALTER TABLE account_wrap ADD COLUMN last_used_at timestamptz;
COMMENT ON TABLE account_wrap IS 'Ways to open a vault: its key, sealed under a passphrase with a second secret, a recovery code or a passkey.';
COMMENT ON COLUMN account_wrap.memory IS 'Argon2id: KiB. 0 for a recovery code and a passkey, which are not stretched.';
COMMENT ON COLUMN account_wrap.pending IS 'Made and not yet proven: opens no session. Proven, it takes the place of the old ones.';
COMMENT ON COLUMN account_wrap.number IS 'Counts a person''s recovery codes: the highest is the one that opens.';

CREATE TABLE passkey (
    wrap       bytea  PRIMARY KEY REFERENCES account_wrap ON DELETE CASCADE,
    credential bytea  NOT NULL UNIQUE CHECK (octet_length(credential) BETWEEN 16 AND 1023),
    key        bytea  NOT NULL,
    signs      bigint NOT NULL CHECK (signs >= 0),
    host       text   NOT NULL,
    label      text   NOT NULL CHECK (length(label) BETWEEN 1 AND 80)
);
COMMENT ON TABLE passkey IS 'What verifies a passkey (WebAuthn); its secret never comes here.';
COMMENT ON COLUMN passkey.key IS 'COSE public key.';
COMMENT ON COLUMN passkey.signs IS 'The passkey''s own counter, 0 where it keeps none.';
COMMENT ON COLUMN passkey.host IS 'The hub''s name under which it was made: it works under no other.';
COMMENT ON COLUMN passkey.label IS 'What its owner calls it.';

ALTER TABLE session ADD COLUMN way text NOT NULL DEFAULT 'passphrase'
    CHECK (way IN ('passphrase', 'recovery', 'passkey', 'approval'));
COMMENT ON COLUMN session.way IS 'How it was opened: a passphrase alone brings no forgotten device back.';

CREATE TABLE device_use (
    device   bytea       PRIMARY KEY CHECK (octet_length(device) = 16),
    account  bytea       NOT NULL REFERENCES account ON DELETE CASCADE,
    first_at timestamptz NOT NULL,
    last_at  timestamptz NOT NULL
);
CREATE INDEX device_use_account ON device_use (account);
COMMENT ON TABLE device_use IS 'When a device first and last opened a session, for its owner''s eyes.';

CREATE TABLE approval (
    approval   bytea       PRIMARY KEY CHECK (octet_length(approval) = 16),
    account    bytea       NOT NULL UNIQUE REFERENCES account ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    body       bytea       CHECK (octet_length(body) <= 2000),
    signature  bytea       CHECK (octet_length(signature) = 64),
    mac        bytea       CHECK (octet_length(mac) = 32),
    sealed     bytea       CHECK (octet_length(sealed) <= 1000),
    verifier   bytea       CHECK (octet_length(verifier) = 32)
);
COMMENT ON TABLE approval IS 'A new device and an open one, for ten minutes: the row goes when it was used, refused or is over.';
COMMENT ON COLUMN approval.approval IS 'Derived from the one-time code, which never comes here.';
COMMENT ON COLUMN approval.body IS 'The new device''s request, which the open device checks against the code.';
COMMENT ON COLUMN approval.sealed IS 'The vault''s key for the new device, sealed under the one-time code.';
COMMENT ON COLUMN approval.verifier IS 'SHA-256 of the secret with which the new device signs in, once.';

ALTER TABLE enrolment ADD COLUMN vault bytea;
ALTER TABLE enrolment ADD COLUMN ways jsonb;
COMMENT ON COLUMN enrolment.vault IS 'Of somebody who has lost everything: their new vault, until account.rekey puts it in the old one''s place.';
COMMENT ON COLUMN enrolment.ways IS 'The ways into it, byte strings as base64url.';
