-- What the hub signed about its log.

CREATE TABLE checkpoint (
    size bigint      PRIMARY KEY CHECK (size >= 1),
    note text        NOT NULL,
    at   timestamptz NOT NULL
);
COMMENT ON TABLE checkpoint IS 'Signed notes over the log''s size and root (C2SP tlog-checkpoint), at most one a second, never a smaller one.';
COMMENT ON COLUMN checkpoint.note IS 'Origin, size, root and signature as they are served.';
