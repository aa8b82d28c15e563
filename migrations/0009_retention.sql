-- What two have to sign, and what is left of an operation that was destroyed.

CREATE TABLE countersigning (
    entry      bytea       PRIMARY KEY CHECK (octet_length(entry) = 32),
    operation  bytea       NOT NULL CHECK (octet_length(operation) = 32),
    account    bytea       NOT NULL CHECK (octet_length(account) = 16),
    device     bytea       NOT NULL CHECK (octet_length(device) = 16),
    other      bytea       NOT NULL CHECK (octet_length(other) = 16),
    body       bytea       NOT NULL,
    signature  bytea       NOT NULL CHECK (octet_length(signature) = 64),
    made_at    timestamptz NOT NULL
);
CREATE INDEX countersigning_operation ON countersigning (operation);
COMMENT ON TABLE countersigning IS 'Entries of two authors that one of them has signed: they wait for the other''s device.';
COMMENT ON COLUMN countersigning.account IS 'Who signed.';
COMMENT ON COLUMN countersigning.other IS 'Device whose signature is missing.';

CREATE TABLE destruction (
    operation   bytea       PRIMARY KEY CHECK (octet_length(operation) = 32),
    leaf        bigint      NOT NULL CHECK (leaf >= 1),
    certificate bytea       NOT NULL,
    at          timestamptz NOT NULL
);
COMMENT ON TABLE destruction IS 'Operations whose secrets, words and documents were deleted here.';
COMMENT ON COLUMN destruction.certificate IS 'Canonical JSON whose hash stands in the log.';

CREATE TABLE destruction_receipt (
    operation bytea       NOT NULL REFERENCES destruction,
    account   bytea       NOT NULL CHECK (octet_length(account) = 16),
    device    bytea       NOT NULL CHECK (octet_length(device) = 16),
    body      bytea       NOT NULL,
    signature bytea       NOT NULL CHECK (octet_length(signature) = 64),
    at        timestamptz NOT NULL,
    PRIMARY KEY (operation, device)
);
COMMENT ON TABLE destruction_receipt IS 'Devices that have said, signed, that they deleted their part.';
