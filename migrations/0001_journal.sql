-- The journal: signed statements, their order, and the log over everything that happened.
-- One commit writes rows of all five tables; the row of tree_head is locked by each, so commits have one order
-- even with several hub processes. No foreign keys here: the writer's own guard keeps the tables together,
-- `ncphub audit verify` proves it, and a post costs no look-ups.

CREATE TABLE statement (
    leaf       bigint      PRIMARY KEY,
    id         bytea       NOT NULL UNIQUE,
    stream     bytea       NOT NULL,
    kind       text        NOT NULL CHECK (kind IN ('directory', 'operation', 'channel')),
    seq        bigint      NOT NULL CHECK (seq >= 0),
    client_id  bytea       CHECK (octet_length(client_id) = 16),
    body       bytea       NOT NULL,
    act        bytea,
    signatures bytea       NOT NULL CHECK (octet_length(signatures) % 64 = 0),
    beside     bytea       NOT NULL,
    account    bytea       CHECK (octet_length(account) = 16),
    device     bytea       CHECK (octet_length(device) = 16),
    device_seq bigint      CHECK (device_seq >= 1),
    at         timestamptz NOT NULL,
    chain      bytea       CHECK (octet_length(chain) = 32),
    UNIQUE (stream, seq),
    UNIQUE (stream, client_id),
    UNIQUE (stream, device, device_seq)
);
-- ciphertext and hashes do not compress: do not try
ALTER TABLE statement
    ALTER COLUMN beside SET STORAGE EXTERNAL,
    ALTER COLUMN signatures SET STORAGE EXTERNAL;

COMMENT ON TABLE statement IS 'Every signed statement that was accepted, exactly as it came: the truth that everything else is computed from.';
COMMENT ON COLUMN statement.leaf IS 'Index of its leaf in the log.';
COMMENT ON COLUMN statement.id IS 'SHA-256 of the framed body, 32 bytes.';
COMMENT ON COLUMN statement.stream IS 'What it is a part of: hub id, operation id (32 bytes) or channel id (16 bytes).';
COMMENT ON COLUMN statement.kind IS 'Which of the three a stream is.';
COMMENT ON COLUMN statement.seq IS 'Place in the stream, without gaps: from 0 for entries, from 1 for envelopes.';
COMMENT ON COLUMN statement.client_id IS 'Id that the client gave an envelope: a repeat finds the first one.';
COMMENT ON COLUMN statement.body IS 'The signed bytes, canonical JSON.';
COMMENT ON COLUMN statement.act IS 'Directory only: the act or genesis that the entry orders.';
COMMENT ON COLUMN statement.signatures IS '64 bytes for each signer, in the order of the signers.';
COMMENT ON COLUMN statement.beside IS 'Envelope: its ciphertext. Empty otherwise.';
COMMENT ON COLUMN statement.account IS 'The account that sent it, where one did.';
COMMENT ON COLUMN statement.device IS 'The device that signed it, where one did.';
COMMENT ON COLUMN statement.device_seq IS 'Counts the envelopes of one device in one channel.';
COMMENT ON COLUMN statement.at IS 'When the hub took it, to the millisecond.';
COMMENT ON COLUMN statement.chain IS 'Rolling hash of the channel after this envelope.';

CREATE TABLE stream (
    stream   bytea  PRIMARY KEY,
    kind     text   NOT NULL CHECK (kind IN ('directory', 'operation', 'channel')),
    last_seq bigint NOT NULL CHECK (last_seq >= -1),
    last_id  bytea,
    chain    bytea  CHECK (octet_length(chain) = 32),
    epoch    integer CHECK (epoch >= 1)
) WITH (fillfactor = 50);
COMMENT ON TABLE stream IS 'The last place of each stream.';
COMMENT ON COLUMN stream.last_seq IS 'One before the first where nothing stands yet.';
COMMENT ON COLUMN stream.last_id IS 'Id of the statement at last_seq.';
COMMENT ON COLUMN stream.chain IS 'Rolling hash of a channel; at its start, the hash of its name.';
COMMENT ON COLUMN stream.epoch IS 'Epoch that a channel accepts now.';

CREATE TABLE leaf (
    index     bigint      PRIMARY KEY CHECK (index >= 0),
    body      bytea       NOT NULL,
    hash      bytea       NOT NULL CHECK (octet_length(hash) = 32),
    type      text        NOT NULL,
    actor     bytea,
    operation bytea,
    at        timestamptz NOT NULL
);
ALTER TABLE leaf
    ALTER COLUMN hash SET STORAGE PLAIN;
CREATE INDEX leaf_type ON leaf (type, index);
CREATE INDEX leaf_actor ON leaf (actor, index) WHERE actor IS NOT NULL;
CREATE INDEX leaf_operation ON leaf (operation, index) WHERE operation IS NOT NULL;
CREATE INDEX leaf_at ON leaf USING brin (at);
COMMENT ON TABLE leaf IS 'The log: one line for everything that was changed, read, offered or refused.';
COMMENT ON COLUMN leaf.body IS 'Canonical JSON that the hash covers; the columns beside it repeat parts of it for searching.';
COMMENT ON COLUMN leaf.hash IS 'RFC 6962 leaf hash of the body.';
COMMENT ON COLUMN leaf.at IS 'Never goes back from one leaf to the next.';

CREATE TABLE leaf_detail (
    leaf   bigint PRIMARY KEY,
    detail jsonb  NOT NULL
);
COMMENT ON TABLE leaf_detail IS 'Addresses, agents and other particulars of a leaf, which holds only their salted hash: may be erased without harm to the log.';

CREATE TABLE tile (
    level  smallint NOT NULL CHECK (level BETWEEN 0 AND 7),
    index  bigint   NOT NULL CHECK (index >= 0),
    hashes bytea    NOT NULL CHECK (octet_length(hashes) = 8192),
    root   bytea    NOT NULL CHECK (octet_length(root) = 32),
    PRIMARY KEY (level, index)
);
ALTER TABLE tile
    ALTER COLUMN hashes SET STORAGE EXTERNAL;
COMMENT ON TABLE tile IS 'Full tiles of 256 hashes (C2SP tlog-tiles); written with the leaf that completes one.';
COMMENT ON COLUMN tile.root IS 'Hash over the tile: an entry of the level above.';

CREATE TABLE tree_head (
    one      boolean     PRIMARY KEY DEFAULT true CHECK (one),
    size     bigint      NOT NULL CHECK (size >= 0),
    frontier bytea[]     NOT NULL,
    root     bytea       NOT NULL CHECK (octet_length(root) = 32),
    at       timestamptz NOT NULL
) WITH (fillfactor = 10);
COMMENT ON TABLE tree_head IS 'The log''s size and root, one row: whoever commits holds its lock.';
COMMENT ON COLUMN tree_head.frontier IS 'Hashes of the complete subtrees at the right edge, largest first.';
COMMENT ON COLUMN tree_head.at IS 'Time of the last leaf.';
INSERT INTO tree_head (size, frontier, root, at)
VALUES (0, '{}', sha256(''), 'epoch');
