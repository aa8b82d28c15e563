-- What all migrations make together: written by `make schema`, never by hand, and never applied.

CREATE TABLE public.account (
    account bytea NOT NULL,
    code text NOT NULL,
    organisation bytea,
    country text,
    name text,
    level text,
    may text[] DEFAULT '{}'::text[] NOT NULL,
    suspended boolean DEFAULT false NOT NULL,
    enrolled_at timestamp with time zone,
    certified_at timestamp with time zone,
    CONSTRAINT account_account_check CHECK ((octet_length(account) = 16)),
    CONSTRAINT account_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT account_level_check CHECK ((level = ANY (ARRAY['A1'::text, 'A2'::text]))),
    CONSTRAINT account_organisation_check CHECK ((octet_length(organisation) = 16))
);

COMMENT ON TABLE public.account IS 'One row for each account: begun by its enrolment, completed from the directory when it is certified.';

COMMENT ON COLUMN public.account.code IS 'Short code printed on the person''s sheet, typed to sign in.';

COMMENT ON COLUMN public.account.name IS 'The certified name, the only one ever shown.';

COMMENT ON COLUMN public.account.may IS 'Privileges in the directory: coordinate, administer, audit.';

CREATE TABLE public.account_wrap (
    wrap bytea NOT NULL,
    account bytea NOT NULL,
    kind text NOT NULL,
    salt bytea,
    memory integer NOT NULL,
    passes integer NOT NULL,
    lanes integer NOT NULL,
    sealed bytea NOT NULL,
    verifier bytea NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    pending boolean DEFAULT false NOT NULL,
    number integer DEFAULT 1 NOT NULL,
    last_used_at timestamp with time zone,
    CONSTRAINT account_wrap_kind_check CHECK ((kind = ANY (ARRAY['passphrase'::text, 'recovery'::text, 'passkey'::text]))),
    CONSTRAINT account_wrap_lanes_check CHECK ((lanes >= 0)),
    CONSTRAINT account_wrap_memory_check CHECK ((memory >= 0)),
    CONSTRAINT account_wrap_number_check CHECK ((number >= 1)),
    CONSTRAINT account_wrap_passes_check CHECK ((passes >= 0)),
    CONSTRAINT account_wrap_salt_check CHECK ((octet_length(salt) = 16)),
    CONSTRAINT account_wrap_verifier_check CHECK ((octet_length(verifier) = 32)),
    CONSTRAINT account_wrap_wrap_check CHECK ((octet_length(wrap) = 16))
);

COMMENT ON TABLE public.account_wrap IS 'Ways to open a vault: its key, sealed under a passphrase with a second secret, a recovery code or a passkey.';

COMMENT ON COLUMN public.account_wrap.memory IS 'Argon2id: KiB. 0 for a recovery code and a passkey, which are not stretched.';

COMMENT ON COLUMN public.account_wrap.sealed IS 'nonce ‖ sealed vault key.';

COMMENT ON COLUMN public.account_wrap.verifier IS 'SHA-256 of this way''s sign-in secret, which says nothing about the passphrase.';

COMMENT ON COLUMN public.account_wrap.pending IS 'Made and not yet proven: opens no session. Proven, it takes the place of the old ones.';

COMMENT ON COLUMN public.account_wrap.number IS 'Counts a person''s recovery codes: the highest is the one that opens.';

CREATE TABLE public.approval (
    approval bytea NOT NULL,
    account bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    body bytea,
    signature bytea,
    mac bytea,
    sealed bytea,
    verifier bytea,
    CONSTRAINT approval_approval_check CHECK ((octet_length(approval) = 16)),
    CONSTRAINT approval_body_check CHECK ((octet_length(body) <= 2000)),
    CONSTRAINT approval_mac_check CHECK ((octet_length(mac) = 32)),
    CONSTRAINT approval_sealed_check CHECK ((octet_length(sealed) <= 1000)),
    CONSTRAINT approval_signature_check CHECK ((octet_length(signature) = 64)),
    CONSTRAINT approval_verifier_check CHECK ((octet_length(verifier) = 32))
);

COMMENT ON TABLE public.approval IS 'A new device and an open one, for ten minutes: the row goes when it was used, refused or is over.';

COMMENT ON COLUMN public.approval.approval IS 'Derived from the one-time code, which never comes here.';

COMMENT ON COLUMN public.approval.body IS 'The new device''s request, which the open device checks against the code.';

COMMENT ON COLUMN public.approval.sealed IS 'The vault''s key for the new device, sealed under the one-time code.';

COMMENT ON COLUMN public.approval.verifier IS 'SHA-256 of the secret with which the new device signs in, once.';

CREATE TABLE public.card (
    account bytea NOT NULL,
    n bigint NOT NULL,
    body bytea NOT NULL,
    signature bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT card_n_check CHECK ((n >= 1)),
    CONSTRAINT card_signature_check CHECK ((octet_length(signature) = 64))
);

COMMENT ON TABLE public.card IS 'The latest contact card of each account, or its withdrawal: the ones before are gone.';

COMMENT ON COLUMN public.card.n IS 'Counts up; a smaller one is never taken.';

COMMENT ON COLUMN public.card.body IS 'The signed statement, readable by every member.';

CREATE TABLE public.channel (
    channel bytea NOT NULL,
    operation bytea NOT NULL,
    type text NOT NULL,
    compartment text NOT NULL,
    epoch integer,
    closed boolean DEFAULT false NOT NULL,
    CONSTRAINT channel_channel_check CHECK ((octet_length(channel) = 16)),
    CONSTRAINT channel_epoch_check CHECK ((epoch >= 1)),
    CONSTRAINT channel_operation_check CHECK ((octet_length(operation) = 32))
);

COMMENT ON TABLE public.channel IS 'Which operation a channel belongs to. Its label is sealed and is not known here.';

CREATE TABLE public.checkpoint (
    size bigint NOT NULL,
    note text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT checkpoint_size_check CHECK ((size >= 1))
);

COMMENT ON TABLE public.checkpoint IS 'Signed notes over the log''s size and root (C2SP tlog-checkpoint), at most one a second, never a smaller one.';

COMMENT ON COLUMN public.checkpoint.note IS 'Origin, size, root and signature as they are served.';

CREATE TABLE public.countersigning (
    entry bytea NOT NULL,
    operation bytea NOT NULL,
    account bytea NOT NULL,
    device bytea NOT NULL,
    other bytea NOT NULL,
    body bytea NOT NULL,
    signature bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT countersigning_account_check CHECK ((octet_length(account) = 16)),
    CONSTRAINT countersigning_device_check CHECK ((octet_length(device) = 16)),
    CONSTRAINT countersigning_entry_check CHECK ((octet_length(entry) = 32)),
    CONSTRAINT countersigning_operation_check CHECK ((octet_length(operation) = 32)),
    CONSTRAINT countersigning_other_check CHECK ((octet_length(other) = 16)),
    CONSTRAINT countersigning_signature_check CHECK ((octet_length(signature) = 64))
);

COMMENT ON TABLE public.countersigning IS 'Entries of two authors that one of them has signed: they wait for the other''s device.';

COMMENT ON COLUMN public.countersigning.account IS 'Who signed.';

COMMENT ON COLUMN public.countersigning.other IS 'Device whose signature is missing.';

CREATE TABLE public.destruction (
    operation bytea NOT NULL,
    leaf bigint NOT NULL,
    certificate bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT destruction_leaf_check CHECK ((leaf >= 1)),
    CONSTRAINT destruction_operation_check CHECK ((octet_length(operation) = 32))
);

COMMENT ON TABLE public.destruction IS 'Operations whose secrets, words and documents were deleted here.';

COMMENT ON COLUMN public.destruction.certificate IS 'Canonical JSON whose hash stands in the log.';

CREATE TABLE public.destruction_receipt (
    operation bytea NOT NULL,
    account bytea NOT NULL,
    device bytea NOT NULL,
    body bytea NOT NULL,
    signature bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT destruction_receipt_account_check CHECK ((octet_length(account) = 16)),
    CONSTRAINT destruction_receipt_device_check CHECK ((octet_length(device) = 16)),
    CONSTRAINT destruction_receipt_signature_check CHECK ((octet_length(signature) = 64))
);

COMMENT ON TABLE public.destruction_receipt IS 'Devices that have said, signed, that they deleted their part.';

CREATE TABLE public.device_use (
    device bytea NOT NULL,
    account bytea NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    CONSTRAINT device_use_device_check CHECK ((octet_length(device) = 16))
);

COMMENT ON TABLE public.device_use IS 'When a device first and last opened a session, for its owner''s eyes.';

CREATE TABLE public.enrolment (
    invitation bytea NOT NULL,
    body bytea NOT NULL,
    signatures bytea NOT NULL,
    mac bytea NOT NULL,
    device_act bytea NOT NULL,
    device_signature bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    certified_at timestamp with time zone,
    vault bytea,
    ways jsonb,
    CONSTRAINT enrolment_device_signature_check CHECK ((octet_length(device_signature) = 64)),
    CONSTRAINT enrolment_mac_check CHECK ((octet_length(mac) = 32))
);

COMMENT ON TABLE public.enrolment IS 'Keys that a person made on an invitation, until an administrator''s client has checked the mac and certified them.';

COMMENT ON COLUMN public.enrolment.device_act IS 'The account''s own device.add, put into the directory right after the certification.';

COMMENT ON COLUMN public.enrolment.vault IS 'Of somebody who has lost everything: their new vault, until account.rekey puts it in the old one''s place.';

COMMENT ON COLUMN public.enrolment.ways IS 'The ways into it, byte strings as base64url.';

CREATE TABLE public.head (
    leaf bigint NOT NULL,
    stream bytea NOT NULL,
    seq bigint NOT NULL,
    id bytea NOT NULL,
    CONSTRAINT head_id_check CHECK ((octet_length(id) = 32)),
    CONSTRAINT head_seq_check CHECK ((seq >= 0))
);

COMMENT ON TABLE public.head IS 'The last statement of one chain, as one of those statements named it.';

CREATE TABLE public.heads (
    leaf bigint NOT NULL,
    size bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT heads_leaf_check CHECK ((leaf >= 1)),
    CONSTRAINT heads_size_check CHECK ((size >= 1))
);

COMMENT ON TABLE public.heads IS 'The newest statements of where all chains end; the leaf names the root over their rows.';

COMMENT ON COLUMN public.heads.size IS 'Entries of the log that the rows cover.';

CREATE TABLE public.invitation (
    invitation bytea NOT NULL,
    account bytea NOT NULL,
    code text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    body bytea NOT NULL,
    signatures bytea NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT invitation_account_check CHECK ((octet_length(account) = 16)),
    CONSTRAINT invitation_invitation_check CHECK ((octet_length(invitation) = 16))
);

COMMENT ON TABLE public.invitation IS 'Enrolments that an administrator announced; the invitation''s secret never comes here.';

COMMENT ON COLUMN public.invitation.body IS 'The administrator''s signed announcement.';

CREATE TABLE public.leaf (
    index bigint NOT NULL,
    body bytea NOT NULL,
    hash bytea NOT NULL,
    type text NOT NULL,
    actor bytea,
    operation bytea,
    at timestamp with time zone NOT NULL,
    CONSTRAINT leaf_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT leaf_index_check CHECK ((index >= 0))
);
ALTER TABLE ONLY public.leaf ALTER COLUMN hash SET STORAGE PLAIN;

COMMENT ON TABLE public.leaf IS 'The log: one line for everything that was changed, read, offered or refused.';

COMMENT ON COLUMN public.leaf.body IS 'Canonical JSON that the hash covers; the columns beside it repeat parts of it for searching.';

COMMENT ON COLUMN public.leaf.hash IS 'RFC 6962 leaf hash of the body.';

COMMENT ON COLUMN public.leaf.at IS 'Never goes back from one leaf to the next.';

CREATE TABLE public.leaf_detail (
    leaf bigint NOT NULL,
    detail jsonb NOT NULL
);

COMMENT ON TABLE public.leaf_detail IS 'Addresses, agents and other particulars of a leaf, which holds only their salted hash: may be erased without harm to the log.';

CREATE TABLE public.member (
    operation bytea NOT NULL,
    account bytea NOT NULL,
    role text NOT NULL,
    compartments text[] NOT NULL,
    since bigint NOT NULL,
    until bigint,
    CONSTRAINT member_account_check CHECK ((octet_length(account) = 16)),
    CONSTRAINT member_check CHECK ((until > since)),
    CONSTRAINT member_operation_check CHECK ((octet_length(operation) = 32)),
    CONSTRAINT member_since_check CHECK ((since >= 0))
);

COMMENT ON TABLE public.member IS 'Who was in which operation, with which role and clearance; a change ends one row and begins another.';

COMMENT ON COLUMN public.member.since IS 'Sequence of the entry that began it.';

COMMENT ON COLUMN public.member.until IS 'Sequence of the entry that ended it.';

CREATE TABLE public.nomination (
    nomination bytea NOT NULL,
    account bytea NOT NULL,
    body bytea NOT NULL,
    signature bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    outcome text,
    closed_by bytea,
    closed_at timestamp with time zone,
    CONSTRAINT nomination_closed_by_check CHECK ((octet_length(closed_by) = 16)),
    CONSTRAINT nomination_nomination_check CHECK ((octet_length(nomination) = 16)),
    CONSTRAINT nomination_outcome_check CHECK ((outcome = ANY (ARRAY['invited'::text, 'declined'::text]))),
    CONSTRAINT nomination_signature_check CHECK ((octet_length(signature) = 64))
);

COMMENT ON TABLE public.nomination IS 'Signed by whoever nominates, kept in clear: administrators read it, and it can be erased.';

COMMENT ON COLUMN public.nomination.outcome IS 'What an administrator made of it; NULL while nobody has decided.';

CREATE TABLE public.passkey (
    wrap bytea NOT NULL,
    credential bytea NOT NULL,
    key bytea NOT NULL,
    signs bigint NOT NULL,
    host text NOT NULL,
    label text NOT NULL,
    CONSTRAINT passkey_credential_check CHECK (((octet_length(credential) >= 16) AND (octet_length(credential) <= 1023))),
    CONSTRAINT passkey_label_check CHECK (((length(label) >= 1) AND (length(label) <= 80))),
    CONSTRAINT passkey_signs_check CHECK ((signs >= 0))
);

COMMENT ON TABLE public.passkey IS 'What verifies a passkey (WebAuthn); its secret never comes here.';

COMMENT ON COLUMN public.passkey.key IS 'COSE public key.';

COMMENT ON COLUMN public.passkey.signs IS 'The passkey''s own counter, 0 where it keeps none.';

COMMENT ON COLUMN public.passkey.host IS 'The hub''s name under which it was made: it works under no other.';

COMMENT ON COLUMN public.passkey.label IS 'What its owner calls it.';

CREATE TABLE public.presence (
    account bytea NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    before_at timestamp with time zone
);

COMMENT ON TABLE public.presence IS 'When an account last signed in, or was certified or restored.';

COMMENT ON COLUMN public.presence.before_at IS 'The sign-in before that one: what a person is told when they come back.';

CREATE TABLE public.private_record (
    account bytea NOT NULL,
    record text NOT NULL,
    version bigint NOT NULL,
    sealed bytea NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT private_record_record_check CHECK ((record ~ '^[a-z0-9-]{1,64}$'::text)),
    CONSTRAINT private_record_version_check CHECK ((version >= 1))
);

COMMENT ON TABLE public.private_record IS 'Pins, drafts, saved searches, read marks: sealed under the account''s vault key.';

COMMENT ON COLUMN public.private_record.version IS 'Counts up by one; a write that does not follow is refused with the one that stands.';

CREATE TABLE public.proposal (
    proposal bytea NOT NULL,
    act bytea NOT NULL,
    following bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT proposal_proposal_check CHECK ((octet_length(proposal) = 32))
);

COMMENT ON TABLE public.proposal IS 'Acts that not all of their signers have signed yet.';

COMMENT ON COLUMN public.proposal.proposal IS 'The act''s statement id.';

COMMENT ON COLUMN public.proposal.following IS 'Packets of acts that are handed in right after it: a new account''s first device.';

CREATE TABLE public.proposal_signature (
    proposal bytea NOT NULL,
    administrator bytea NOT NULL,
    signature bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT proposal_signature_administrator_check CHECK ((octet_length(administrator) = 16)),
    CONSTRAINT proposal_signature_signature_check CHECK ((octet_length(signature) = 64))
);

COMMENT ON TABLE public.proposal_signature IS 'One of the act''s signers, verified when it came.';

CREATE TABLE public.session (
    jti text NOT NULL,
    account bytea NOT NULL,
    device bytea,
    opened_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    address text NOT NULL,
    agent text NOT NULL,
    way text DEFAULT 'passphrase'::text NOT NULL,
    CONSTRAINT session_device_check CHECK ((octet_length(device) = 16)),
    CONSTRAINT session_way_check CHECK ((way = ANY (ARRAY['passphrase'::text, 'recovery'::text, 'passkey'::text, 'approval'::text])))
);

COMMENT ON TABLE public.session IS 'Sign-ins: a token counts only while its row here is open.';

COMMENT ON COLUMN public.session.jti IS 'Id that the token carries.';

COMMENT ON COLUMN public.session.device IS 'Set when the device has signed this session; before that it may not post or read.';

COMMENT ON COLUMN public.session.way IS 'How it was opened: a passphrase alone brings no forgotten device back.';

CREATE TABLE public.sign_in_failure (
    subject bytea NOT NULL,
    failures integer NOT NULL,
    since timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    CONSTRAINT sign_in_failure_failures_check CHECK ((failures >= 1)),
    CONSTRAINT sign_in_failure_subject_check CHECK ((octet_length(subject) = 32))
);

COMMENT ON TABLE public.sign_in_failure IS 'Wrong sign-ins in the present window, so that a restart does not forget them.';

COMMENT ON COLUMN public.sign_in_failure.subject IS 'SHA-256 of an account code or of an address.';

CREATE TABLE public.statement (
    leaf bigint NOT NULL,
    id bytea NOT NULL,
    stream bytea NOT NULL,
    kind text NOT NULL,
    seq bigint NOT NULL,
    client_id bytea,
    body bytea NOT NULL,
    act bytea,
    signatures bytea NOT NULL,
    beside bytea NOT NULL,
    account bytea,
    device bytea,
    device_seq bigint,
    at timestamp with time zone NOT NULL,
    chain bytea,
    CONSTRAINT statement_account_check CHECK ((octet_length(account) = 16)),
    CONSTRAINT statement_chain_check CHECK ((octet_length(chain) = 32)),
    CONSTRAINT statement_client_id_check CHECK ((octet_length(client_id) = 16)),
    CONSTRAINT statement_device_check CHECK ((octet_length(device) = 16)),
    CONSTRAINT statement_device_seq_check CHECK ((device_seq >= 1)),
    CONSTRAINT statement_kind_check CHECK ((kind = ANY (ARRAY['directory'::text, 'operation'::text, 'channel'::text]))),
    CONSTRAINT statement_seq_check CHECK ((seq >= 0)),
    CONSTRAINT statement_signatures_check CHECK (((octet_length(signatures) % 64) = 0))
);
ALTER TABLE ONLY public.statement ALTER COLUMN signatures SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.statement ALTER COLUMN beside SET STORAGE EXTERNAL;

COMMENT ON TABLE public.statement IS 'Every signed statement that was accepted, exactly as it came: the truth that everything else is computed from.';

COMMENT ON COLUMN public.statement.leaf IS 'Index of its leaf in the log.';

COMMENT ON COLUMN public.statement.id IS 'SHA-256 of the framed body, 32 bytes.';

COMMENT ON COLUMN public.statement.stream IS 'What it is a part of: hub id, operation id (32 bytes) or channel id (16 bytes).';

COMMENT ON COLUMN public.statement.kind IS 'Which of the three a stream is.';

COMMENT ON COLUMN public.statement.seq IS 'Place in the stream, without gaps: from 0 for entries, from 1 for envelopes.';

COMMENT ON COLUMN public.statement.client_id IS 'Id that the client gave an envelope: a repeat finds the first one.';

COMMENT ON COLUMN public.statement.body IS 'The signed bytes, canonical JSON.';

COMMENT ON COLUMN public.statement.act IS 'Directory only: the act or genesis that the entry orders.';

COMMENT ON COLUMN public.statement.signatures IS '64 bytes for each signer, in the order of the signers.';

COMMENT ON COLUMN public.statement.beside IS 'Envelope: its ciphertext. Empty otherwise.';

COMMENT ON COLUMN public.statement.account IS 'The account that sent it, where one did.';

COMMENT ON COLUMN public.statement.device IS 'The device that signed it, where one did.';

COMMENT ON COLUMN public.statement.device_seq IS 'Counts the envelopes of one device in one channel.';

COMMENT ON COLUMN public.statement.at IS 'When the hub took it, to the millisecond.';

COMMENT ON COLUMN public.statement.chain IS 'Rolling hash of the channel after this envelope.';

CREATE TABLE public.stream (
    stream bytea NOT NULL,
    kind text NOT NULL,
    last_seq bigint NOT NULL,
    last_id bytea,
    chain bytea,
    epoch integer,
    CONSTRAINT stream_chain_check CHECK ((octet_length(chain) = 32)),
    CONSTRAINT stream_epoch_check CHECK ((epoch >= 1)),
    CONSTRAINT stream_kind_check CHECK ((kind = ANY (ARRAY['directory'::text, 'operation'::text, 'channel'::text]))),
    CONSTRAINT stream_last_seq_check CHECK ((last_seq >= '-1'::integer))
)
WITH (fillfactor='50');

COMMENT ON TABLE public.stream IS 'The last place of each stream.';

COMMENT ON COLUMN public.stream.last_seq IS 'One before the first where nothing stands yet.';

COMMENT ON COLUMN public.stream.last_id IS 'Id of the statement at last_seq.';

COMMENT ON COLUMN public.stream.chain IS 'Rolling hash of a channel; at its start, the hash of its name.';

COMMENT ON COLUMN public.stream.epoch IS 'Epoch that a channel accepts now.';

CREATE TABLE public.template_document (
    hash bytea NOT NULL,
    document bytea NOT NULL,
    CONSTRAINT template_document_hash_check CHECK ((octet_length(hash) = 32))
);

COMMENT ON TABLE public.template_document IS 'Forms that operations have adopted, canonical JSON under the hash that the signed entry names.';

CREATE TABLE public.tile (
    level smallint NOT NULL,
    index bigint NOT NULL,
    hashes bytea NOT NULL,
    root bytea NOT NULL,
    CONSTRAINT tile_hashes_check CHECK ((octet_length(hashes) = 8192)),
    CONSTRAINT tile_index_check CHECK ((index >= 0)),
    CONSTRAINT tile_level_check CHECK (((level >= 0) AND (level <= 7))),
    CONSTRAINT tile_root_check CHECK ((octet_length(root) = 32))
);
ALTER TABLE ONLY public.tile ALTER COLUMN hashes SET STORAGE EXTERNAL;

COMMENT ON TABLE public.tile IS 'Full tiles of 256 hashes (C2SP tlog-tiles); written with the leaf that completes one.';

COMMENT ON COLUMN public.tile.root IS 'Hash over the tile: an entry of the level above.';

CREATE TABLE public.tree_head (
    one boolean DEFAULT true NOT NULL,
    size bigint NOT NULL,
    frontier bytea[] NOT NULL,
    root bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT tree_head_one_check CHECK (one),
    CONSTRAINT tree_head_root_check CHECK ((octet_length(root) = 32)),
    CONSTRAINT tree_head_size_check CHECK ((size >= 0))
)
WITH (fillfactor='10');

COMMENT ON TABLE public.tree_head IS 'The log''s size and root, one row: whoever commits holds its lock.';

COMMENT ON COLUMN public.tree_head.frontier IS 'Hashes of the complete subtrees at the right edge, largest first.';

COMMENT ON COLUMN public.tree_head.at IS 'Time of the last leaf.';

CREATE TABLE public.vault (
    account bytea NOT NULL,
    version bigint NOT NULL,
    sealed bytea NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT vault_version_check CHECK ((version >= 1))
);

COMMENT ON TABLE public.vault IS 'The account''s keys, sealed by its own client.';

CREATE TABLE public.wrap (
    channel bytea NOT NULL,
    epoch integer NOT NULL,
    wraps_hash bytea NOT NULL,
    index integer NOT NULL,
    account bytea NOT NULL,
    generation integer NOT NULL,
    wrap bytea NOT NULL,
    CONSTRAINT wrap_account_check CHECK ((octet_length(account) = 16)),
    CONSTRAINT wrap_channel_check CHECK ((octet_length(channel) = 16)),
    CONSTRAINT wrap_epoch_check CHECK ((epoch >= 1)),
    CONSTRAINT wrap_generation_check CHECK ((generation >= 1)),
    CONSTRAINT wrap_index_check CHECK ((index >= 0)),
    CONSTRAINT wrap_wraps_hash_check CHECK ((octet_length(wraps_hash) = 32))
);
ALTER TABLE ONLY public.wrap ALTER COLUMN wrap SET STORAGE EXTERNAL;

COMMENT ON TABLE public.wrap IS 'An epoch''s secret, sealed to each reader; the hub cannot open one.';

COMMENT ON COLUMN public.wrap.wraps_hash IS 'RFC 6962 root in the signed entry that brought it: one for the epoch, one for each later grant.';

COMMENT ON COLUMN public.wrap.index IS 'Place under that root.';

COMMENT ON COLUMN public.wrap.generation IS 'Which encryption key of the account it is sealed to.';

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_code_key UNIQUE (code);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (account);

ALTER TABLE ONLY public.account_wrap
    ADD CONSTRAINT account_wrap_pkey PRIMARY KEY (wrap);

ALTER TABLE ONLY public.approval
    ADD CONSTRAINT approval_account_key UNIQUE (account);

ALTER TABLE ONLY public.approval
    ADD CONSTRAINT approval_pkey PRIMARY KEY (approval);

ALTER TABLE ONLY public.card
    ADD CONSTRAINT card_pkey PRIMARY KEY (account);

ALTER TABLE ONLY public.channel
    ADD CONSTRAINT channel_pkey PRIMARY KEY (channel);

ALTER TABLE ONLY public.checkpoint
    ADD CONSTRAINT checkpoint_pkey PRIMARY KEY (size);

ALTER TABLE ONLY public.countersigning
    ADD CONSTRAINT countersigning_pkey PRIMARY KEY (entry);

ALTER TABLE ONLY public.destruction
    ADD CONSTRAINT destruction_pkey PRIMARY KEY (operation);

ALTER TABLE ONLY public.destruction_receipt
    ADD CONSTRAINT destruction_receipt_pkey PRIMARY KEY (operation, device);

ALTER TABLE ONLY public.device_use
    ADD CONSTRAINT device_use_pkey PRIMARY KEY (device);

ALTER TABLE ONLY public.enrolment
    ADD CONSTRAINT enrolment_pkey PRIMARY KEY (invitation);

ALTER TABLE ONLY public.head
    ADD CONSTRAINT head_pkey PRIMARY KEY (leaf, stream);

ALTER TABLE ONLY public.heads
    ADD CONSTRAINT heads_pkey PRIMARY KEY (leaf);

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT invitation_pkey PRIMARY KEY (invitation);

ALTER TABLE ONLY public.leaf_detail
    ADD CONSTRAINT leaf_detail_pkey PRIMARY KEY (leaf);

ALTER TABLE ONLY public.leaf
    ADD CONSTRAINT leaf_pkey PRIMARY KEY (index);

ALTER TABLE ONLY public.member
    ADD CONSTRAINT member_pkey PRIMARY KEY (operation, account, since);

ALTER TABLE ONLY public.nomination
    ADD CONSTRAINT nomination_pkey PRIMARY KEY (nomination);

ALTER TABLE ONLY public.passkey
    ADD CONSTRAINT passkey_credential_key UNIQUE (credential);

ALTER TABLE ONLY public.passkey
    ADD CONSTRAINT passkey_pkey PRIMARY KEY (wrap);

ALTER TABLE ONLY public.presence
    ADD CONSTRAINT presence_pkey PRIMARY KEY (account);

ALTER TABLE ONLY public.private_record
    ADD CONSTRAINT private_record_pkey PRIMARY KEY (account, record);

ALTER TABLE ONLY public.proposal
    ADD CONSTRAINT proposal_pkey PRIMARY KEY (proposal);

ALTER TABLE ONLY public.proposal_signature
    ADD CONSTRAINT proposal_signature_pkey PRIMARY KEY (proposal, administrator);

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (jti);

ALTER TABLE ONLY public.sign_in_failure
    ADD CONSTRAINT sign_in_failure_pkey PRIMARY KEY (subject);

ALTER TABLE ONLY public.statement
    ADD CONSTRAINT statement_id_key UNIQUE (id);

ALTER TABLE ONLY public.statement
    ADD CONSTRAINT statement_pkey PRIMARY KEY (leaf);

ALTER TABLE ONLY public.statement
    ADD CONSTRAINT statement_stream_client_id_key UNIQUE (stream, client_id);

ALTER TABLE ONLY public.statement
    ADD CONSTRAINT statement_stream_device_device_seq_key UNIQUE (stream, device, device_seq);

ALTER TABLE ONLY public.statement
    ADD CONSTRAINT statement_stream_seq_key UNIQUE (stream, seq);

ALTER TABLE ONLY public.stream
    ADD CONSTRAINT stream_pkey PRIMARY KEY (stream);

ALTER TABLE ONLY public.template_document
    ADD CONSTRAINT template_document_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY public.tile
    ADD CONSTRAINT tile_pkey PRIMARY KEY (level, index);

ALTER TABLE ONLY public.tree_head
    ADD CONSTRAINT tree_head_pkey PRIMARY KEY (one);

ALTER TABLE ONLY public.vault
    ADD CONSTRAINT vault_pkey PRIMARY KEY (account);

ALTER TABLE ONLY public.wrap
    ADD CONSTRAINT wrap_pkey PRIMARY KEY (channel, epoch, wraps_hash, index);

CREATE INDEX account_wrap_account ON public.account_wrap USING btree (account);

CREATE INDEX channel_operation ON public.channel USING btree (operation);

CREATE INDEX countersigning_operation ON public.countersigning USING btree (operation);

CREATE INDEX device_use_account ON public.device_use USING btree (account);

CREATE INDEX leaf_actor ON public.leaf USING btree (actor, index) WHERE (actor IS NOT NULL);

CREATE INDEX leaf_at ON public.leaf USING brin (at);

CREATE INDEX leaf_operation ON public.leaf USING btree (operation, index) WHERE (operation IS NOT NULL);

CREATE INDEX leaf_type ON public.leaf USING btree (type, index);

CREATE INDEX member_account ON public.member USING btree (account);

CREATE UNIQUE INDEX member_now ON public.member USING btree (operation, account) WHERE (until IS NULL);

CREATE INDEX nomination_account ON public.nomination USING btree (account);

CREATE INDEX session_account ON public.session USING btree (account) WHERE (ended_at IS NULL);

CREATE INDEX wrap_account ON public.wrap USING btree (account, channel, epoch);

ALTER TABLE ONLY public.account_wrap
    ADD CONSTRAINT account_wrap_account_fkey FOREIGN KEY (account) REFERENCES public.account(account) ON DELETE CASCADE;

ALTER TABLE ONLY public.approval
    ADD CONSTRAINT approval_account_fkey FOREIGN KEY (account) REFERENCES public.account(account) ON DELETE CASCADE;

ALTER TABLE ONLY public.card
    ADD CONSTRAINT card_account_fkey FOREIGN KEY (account) REFERENCES public.account(account) ON DELETE CASCADE;

ALTER TABLE ONLY public.destruction_receipt
    ADD CONSTRAINT destruction_receipt_operation_fkey FOREIGN KEY (operation) REFERENCES public.destruction(operation);

ALTER TABLE ONLY public.device_use
    ADD CONSTRAINT device_use_account_fkey FOREIGN KEY (account) REFERENCES public.account(account) ON DELETE CASCADE;

ALTER TABLE ONLY public.enrolment
    ADD CONSTRAINT enrolment_invitation_fkey FOREIGN KEY (invitation) REFERENCES public.invitation(invitation);

ALTER TABLE ONLY public.head
    ADD CONSTRAINT head_leaf_fkey FOREIGN KEY (leaf) REFERENCES public.heads(leaf) ON DELETE CASCADE;

ALTER TABLE ONLY public.nomination
    ADD CONSTRAINT nomination_account_fkey FOREIGN KEY (account) REFERENCES public.account(account) ON DELETE CASCADE;

ALTER TABLE ONLY public.passkey
    ADD CONSTRAINT passkey_wrap_fkey FOREIGN KEY (wrap) REFERENCES public.account_wrap(wrap) ON DELETE CASCADE;

ALTER TABLE ONLY public.presence
    ADD CONSTRAINT presence_account_fkey FOREIGN KEY (account) REFERENCES public.account(account) ON DELETE CASCADE;

ALTER TABLE ONLY public.private_record
    ADD CONSTRAINT private_record_account_fkey FOREIGN KEY (account) REFERENCES public.account(account) ON DELETE CASCADE;

ALTER TABLE ONLY public.proposal_signature
    ADD CONSTRAINT proposal_signature_proposal_fkey FOREIGN KEY (proposal) REFERENCES public.proposal(proposal) ON DELETE CASCADE;

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_account_fkey FOREIGN KEY (account) REFERENCES public.account(account) ON DELETE CASCADE;

ALTER TABLE ONLY public.vault
    ADD CONSTRAINT vault_account_fkey FOREIGN KEY (account) REFERENCES public.account(account) ON DELETE CASCADE;
