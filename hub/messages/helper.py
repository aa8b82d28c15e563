"""
The process that reads headers and verifies signatures for a busy hub: `python -m hub.messages.helper FD`.

It holds no secret and decides nothing. Over its socket pair come batches, and in the same order go the answers:
``size (4, big-endian) ‖ marshal of a list``. It ends when the hub does.
"""

import marshal
import signal
import socket
import struct
import sys
from typing import Any, Final

from crypto.envelope import Blob, Head, Header, Seen, read_header
from crypto.errors import BadSignature, ProtocolError
from crypto.signing import verify

SIZE: Final = struct.Struct(">I")
READY: Final = b"."

Question = tuple[bytes, bytes, bytes]
"""Body, signature, and the public key of the device that the session speaks for."""

Answer = tuple[Any, ...]
"""(header's parts, whether the signature is genuine), or (the code of a refusal, its text)."""


def judge(question: Question) -> Answer:
    """Reads one header and tries one signature."""
    body, signature, key = question
    try:
        header = read_header(body)
    except ProtocolError as error:
        return error.code, error.text
    try:
        verify("device", key, "envelope", body, signature)
    except BadSignature:
        return parts_of(header), False
    return parts_of(header), True


def parts_of(header: Header) -> tuple[Any, ...]:
    """A header without its body and its classes: what marshal can carry."""
    h = header
    return (
        h.hub,
        h.kind,
        h.operation,
        h.channel,
        h.epoch,
        h.id,
        h.account,
        h.device,
        h.device_seq,
        h.device_prev,
        (h.head.seq, h.head.id),
        h.directory_size,
        (h.seen.seq, h.seen.chain),
        h.at,
        h.urgency,
        h.ref,
        h.to,
        h.due,
        h.state,
        tuple((blob.hash, blob.size) for blob in h.blobs),
        h.content,
        h.nonce,
        h.ciphertext_hash,
        h.size,
    )


def header_of(body: bytes, parts: tuple[Any, ...]) -> Header:
    """The header again."""
    p = list(parts)
    p[10], p[12] = Head(*p[10]), Seen(*p[12])
    p[19] = tuple(Blob(*blob) for blob in p[19])
    return Header(body, *p)


def serve(connection: socket.socket) -> None:
    """Answers batches until the other side is gone."""
    connection.sendall(READY)
    while (head := connection.recv(SIZE.size, socket.MSG_WAITALL)) and len(head) == SIZE.size:
        (size,) = SIZE.unpack(head)
        batch = connection.recv(size, socket.MSG_WAITALL)
        if len(batch) != size:
            return
        answers = marshal.dumps([judge(question) for question in marshal.loads(batch)])  # noqa: S302 - from our own hub
        connection.sendall(SIZE.pack(len(answers)) + answers)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the hub's: it still has work for us
    with socket.socket(fileno=int(sys.argv[1])) as own_end:
        serve(own_end)
