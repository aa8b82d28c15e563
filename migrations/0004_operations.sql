-- Projections of the statements, only for what SQL has to answer; all of it can be computed again from the journal.

CREATE TABLE member (
    operation    bytea  NOT NULL CHECK (octet_length(operation) = 32),
    account      bytea  NOT NULL CHECK (octet_length(account) = 16),
    role         text   NOT NULL,
    compartments text[] NOT NULL,
    since        bigint NOT NULL CHECK (since >= 0),
    until        bigint CHECK (until > since),
    PRIMARY KEY (operation, account, since)
);
CREATE INDEX member_account ON member (account);
CREATE UNIQUE INDEX member_now ON member (operation, account) WHERE until IS NULL;
COMMENT ON TABLE member IS 'Who was in which operation, with which role and clearance; a change ends one row and begins another.';
COMMENT ON COLUMN member.since IS 'Sequence of the entry that began it.';
COMMENT ON COLUMN member.until IS 'Sequence of the entry that ended it.';

CREATE TABLE channel (
    channel     bytea   PRIMARY KEY CHECK (octet_length(channel) = 16),
    operation   bytea   NOT NULL CHECK (octet_length(operation) = 32),
    type        text    NOT NULL,
    compartment text    NOT NULL,
    epoch       integer CHECK (epoch >= 1),
    closed      boolean NOT NULL DEFAULT false
);
CREATE INDEX channel_operation ON channel (operation);
COMMENT ON TABLE channel IS 'Which operation a channel belongs to. Its label is sealed and is not known here.';

CREATE TABLE wrap (
    channel    bytea   NOT NULL CHECK (octet_length(channel) = 16),
    epoch      integer NOT NULL CHECK (epoch >= 1),
    wraps_hash bytea   NOT NULL CHECK (octet_length(wraps_hash) = 32),
    index      integer NOT NULL CHECK (index >= 0),
    account    bytea   NOT NULL CHECK (octet_length(account) = 16),
    generation integer NOT NULL CHECK (generation >= 1),
    wrap       bytea   NOT NULL,
    PRIMARY KEY (channel, epoch, wraps_hash, index)
);
CREATE INDEX wrap_account ON wrap (account, channel, epoch);
ALTER TABLE wrap
    ALTER COLUMN wrap SET STORAGE EXTERNAL;
COMMENT ON TABLE wrap IS 'An epoch''s secret, sealed to each reader; the hub cannot open one.';
COMMENT ON COLUMN wrap.wraps_hash IS 'RFC 6962 root in the signed entry that brought it: one for the epoch, one for each later grant.';
COMMENT ON COLUMN wrap.index IS 'Place under that root.';
COMMENT ON COLUMN wrap.generation IS 'Which encryption key of the account it is sealed to.';

CREATE TABLE template_document (
    hash     bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
    document bytea NOT NULL
);
COMMENT ON TABLE template_document IS 'Forms that operations have adopted, canonical JSON under the hash that the signed entry names.';
