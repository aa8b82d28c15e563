-- How to reach people on duty, and when they were last here.

CREATE TABLE card (
    account   bytea       PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    n         bigint      NOT NULL CHECK (n >= 1),
    body      bytea       NOT NULL,
    signature bytea       NOT NULL CHECK (octet_length(signature) = 64),
    at        timestamptz NOT NULL
);
COMMENT ON TABLE card IS 'The latest contact card of each account, or its withdrawal: the ones before are gone.';
COMMENT ON COLUMN card.n IS 'Counts up; a smaller one is never taken.';
COMMENT ON COLUMN card.body IS 'The signed statement, readable by every member.';

CREATE TABLE presence (
    account   bytea       PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    seen_at   timestamptz NOT NULL,
    before_at timestamptz
);
COMMENT ON TABLE presence IS 'When an account last signed in, or was certified or restored.';
COMMENT ON COLUMN presence.before_at IS 'The sign-in before that one: what a person is told when they come back.';

-- Nobody is kept out because the hub only now begins to count.
INSERT INTO presence (account, seen_at)
SELECT a.account, now()
  FROM account a
 WHERE a.certified_at IS NOT NULL;
