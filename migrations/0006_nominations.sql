-- Who should become a contact point, and acts that wait for administrators' signatures.

CREATE TABLE nomination (
    nomination bytea       PRIMARY KEY CHECK (octet_length(nomination) = 16),
    account    bytea       NOT NULL REFERENCES account ON DELETE CASCADE,
    body       bytea       NOT NULL,
    signature  bytea       NOT NULL CHECK (octet_length(signature) = 64),
    at         timestamptz NOT NULL,
    outcome    text        CHECK (outcome IN ('invited', 'declined')),
    closed_by  bytea       CHECK (octet_length(closed_by) = 16),
    closed_at  timestamptz
);
CREATE INDEX nomination_account ON nomination (account);
COMMENT ON TABLE nomination IS 'Signed by whoever nominates, kept in clear: administrators read it, and it can be erased.';
COMMENT ON COLUMN nomination.outcome IS 'What an administrator made of it; NULL while nobody has decided.';

CREATE TABLE proposal (
    proposal   bytea       PRIMARY KEY CHECK (octet_length(proposal) = 32),
    act        bytea       NOT NULL,
    following  bytea       NOT NULL,
    at         timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE proposal IS 'Acts that not all of their signers have signed yet.';
COMMENT ON COLUMN proposal.proposal IS 'The act''s statement id.';
COMMENT ON COLUMN proposal.following IS 'Packets of acts that are handed in right after it: a new account''s first device.';

CREATE TABLE proposal_signature (
    proposal      bytea       NOT NULL REFERENCES proposal ON DELETE CASCADE,
    administrator bytea       NOT NULL CHECK (octet_length(administrator) = 16),
    signature     bytea       NOT NULL CHECK (octet_length(signature) = 64),
    at            timestamptz NOT NULL,
    PRIMARY KEY (proposal, administrator)
);
COMMENT ON TABLE proposal_signature IS 'One of the act''s signers, verified when it came.';
