-- People as the hub may know them: certified names, sealed vaults, sessions. No secret here opens content.

CREATE TABLE account (
    account      bytea       PRIMARY KEY CHECK (octet_length(account) = 16),
    code         text        NOT NULL UNIQUE,
    organisation bytea       CHECK (octet_length(organisation) = 16),
    country      text        CHECK (country ~ '^[A-Z]{2}$'),
    name         text,
    level        text        CHECK (level IN ('A1', 'A2')),
    may          text[]      NOT NULL DEFAULT '{}',
    suspended    boolean     NOT NULL DEFAULT false,
    enrolled_at  timestamptz,
    certified_at timestamptz
);
COMMENT ON TABLE account IS 'One row for each account: begun by its enrolment, completed from the directory when it is certified.';
COMMENT ON COLUMN account.code IS 'Short code printed on the person''s sheet, typed to sign in.';
COMMENT ON COLUMN account.name IS 'The certified name, the only one ever shown.';
COMMENT ON COLUMN account.may IS 'Privileges in the directory: coordinate, administer, audit.';

CREATE TABLE account_wrap (
    wrap     bytea       PRIMARY KEY CHECK (octet_length(wrap) = 16),
    account  bytea       NOT NULL REFERENCES account ON DELETE CASCADE,
    kind     text        NOT NULL CHECK (kind IN ('passphrase', 'recovery')),
    salt     bytea       CHECK (octet_length(salt) = 16),
    memory   integer     NOT NULL CHECK (memory >= 0),
    passes   integer     NOT NULL CHECK (passes >= 0),
    lanes    integer     NOT NULL CHECK (lanes >= 0),
    sealed   bytea       NOT NULL,
    verifier bytea       NOT NULL CHECK (octet_length(verifier) = 32),
    made_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX account_wrap_account ON account_wrap (account);
COMMENT ON TABLE account_wrap IS 'Ways to open a vault: its key, sealed under a passphrase with a second secret, or under a recovery code.';
COMMENT ON COLUMN account_wrap.memory IS 'Argon2id: KiB. 0 for a recovery code, which is not stretched.';
COMMENT ON COLUMN account_wrap.sealed IS 'nonce ‖ sealed vault key.';
COMMENT ON COLUMN account_wrap.verifier IS 'SHA-256 of this way''s sign-in secret, which says nothing about the passphrase.';

CREATE TABLE vault (
    account bytea       PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    version bigint      NOT NULL CHECK (version >= 1),
    sealed  bytea       NOT NULL,
    at      timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE vault IS 'The account''s keys, sealed by its own client.';

CREATE TABLE private_record (
    account bytea       NOT NULL REFERENCES account ON DELETE CASCADE,
    record  text        NOT NULL CHECK (record ~ '^[a-z0-9-]{1,64}$'),
    version bigint      NOT NULL CHECK (version >= 1),
    sealed  bytea       NOT NULL,
    at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account, record)
);
COMMENT ON TABLE private_record IS 'Pins, drafts, saved searches, read marks: sealed under the account''s vault key.';
COMMENT ON COLUMN private_record.version IS 'Counts up by one; a write that does not follow is refused with the one that stands.';

CREATE TABLE session (
    jti        text        PRIMARY KEY,
    account    bytea       NOT NULL REFERENCES account ON DELETE CASCADE,
    device     bytea       CHECK (octet_length(device) = 16),
    opened_at  timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz,
    address    text        NOT NULL,
    agent      text        NOT NULL
);
CREATE INDEX session_account ON session (account) WHERE ended_at IS NULL;
COMMENT ON TABLE session IS 'Sign-ins: a token counts only while its row here is open.';
COMMENT ON COLUMN session.jti IS 'Id that the token carries.';
COMMENT ON COLUMN session.device IS 'Set when the device has signed this session; before that it may not post or read.';

CREATE TABLE sign_in_failure (
    subject  bytea       PRIMARY KEY CHECK (octet_length(subject) = 32),
    failures integer     NOT NULL CHECK (failures >= 1),
    since    timestamptz NOT NULL,
    last_at  timestamptz NOT NULL
);
COMMENT ON TABLE sign_in_failure IS 'Wrong sign-ins in the present window, so that a restart does not forget them.';
COMMENT ON COLUMN sign_in_failure.subject IS 'SHA-256 of an account code or of an address.';

CREATE TABLE invitation (
    invitation bytea       PRIMARY KEY CHECK (octet_length(invitation) = 16),
    account    bytea       NOT NULL CHECK (octet_length(account) = 16),
    code       text        NOT NULL,
    expires_at timestamptz NOT NULL,
    body       bytea       NOT NULL,
    signatures bytea       NOT NULL,
    used_at    timestamptz
);
COMMENT ON TABLE invitation IS 'Enrolments that an administrator announced; the invitation''s secret never comes here.';
COMMENT ON COLUMN invitation.body IS 'The administrator''s signed announcement.';

CREATE TABLE enrolment (
    invitation       bytea       PRIMARY KEY REFERENCES invitation,
    body             bytea       NOT NULL,
    signatures       bytea       NOT NULL,
    mac              bytea       NOT NULL CHECK (octet_length(mac) = 32),
    device_act       bytea       NOT NULL,
    device_signature bytea       NOT NULL CHECK (octet_length(device_signature) = 64),
    at               timestamptz NOT NULL,
    certified_at     timestamptz
);
COMMENT ON TABLE enrolment IS 'Keys that a person made on an invitation, until an administrator''s client has checked the mac and certified them.';
COMMENT ON COLUMN enrolment.device_act IS 'The account''s own device.add, put into the directory right after the certification.';
