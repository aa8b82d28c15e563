-- Where every chain ended when the hub last said so in its log.

CREATE TABLE heads (
    leaf bigint PRIMARY KEY CHECK (leaf >= 1),
    size bigint NOT NULL CHECK (size >= 1),
    at   timestamptz NOT NULL
);
COMMENT ON TABLE heads IS 'The newest statements of where all chains end; the leaf names the root over their rows.';
COMMENT ON COLUMN heads.size IS 'Entries of the log that the rows cover.';

CREATE TABLE head (
    leaf   bigint NOT NULL REFERENCES heads ON DELETE CASCADE,
    stream bytea  NOT NULL,
    seq    bigint NOT NULL CHECK (seq >= 0),
    id     bytea  NOT NULL CHECK (octet_length(id) = 32),
    PRIMARY KEY (leaf, stream)
);
COMMENT ON TABLE head IS 'The last statement of one chain, as one of those statements named it.';
