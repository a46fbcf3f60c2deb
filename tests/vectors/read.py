#!/usr/bin/env python3
"""Reads every golden vector by what PROTOCOL.md says and nothing else: no code of Datashare is used.

Python 3.11 with the packages of requirements.txt. One line for each statement that was checked, then a count; exit code 1
when one does not hold. What must be refused (another key, another place, a changed character) is tried as well.
"""

import base64
import hashlib
import hmac
import json
import re
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from mnemonic import Mnemonic
from pyhpke import AEADId, CipherSuite, KDFId, KEMId
from pyhpke.exceptions import PyHPKEError

HERE = Path(__file__).parent
RECORD = "application/vnd.datashare.record+json;v=1"
APPROVAL_REQUEST = "application/vnd.datashare.approval-request+json;v=1"
APPROVAL_ANSWER = "application/vnd.datashare.approval-answer+json;v=1"
MANIFEST = "application/vnd.datashare.manifest+json;v=1"
CHUNK = 1 << 20
SUITE = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.CHACHA20_POLY1305)


class Refused(Exception):
    """What does not verify."""


def must(holds, why):
    if not holds:
        raise Refused(why)


# ---- identities ------------------------------------------------------------------------------------------------------


class Identity:
    def __init__(self, signing_seed, sealing_seed):
        key = Ed25519PrivateKey.from_private_bytes(signing_seed).public_key()
        pair = SUITE.kem.derive_key_pair(sealing_seed)
        self.signing = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.sealing, self.opener = pair.public_key.to_public_bytes(), pair.private_key
        self.fingerprint = fingerprint(self.signing, self.sealing)
        self.card_keys = {"signing": base64.b64encode(self.signing).decode(), "sealing": base64.b64encode(self.sealing).decode()}


def digest(purpose, signing, sealing):
    return hashlib.sha256(purpose.encode() + signing + sealing).digest()


def fingerprint(signing, sealing):
    return digest("datashare/fingerprint/v1", signing, sealing).hex()


def safety_code(signing, sealing):
    bits = int.from_bytes(digest("datashare/safety-code/v1", signing, sealing)[:16], "big")
    words = Mnemonic("english").wordlist
    return " ".join(words[(bits >> (117 - 11 * place)) & 0x7FF] for place in range(6))


def id_text(raw):
    value = int.from_bytes(raw, "big")
    return "".join("abcdefghijklmnopqrstuvwxyz234567"[(value >> (125 - 5 * digit)) & 31] for digit in range(26))


# ---- tickets ---------------------------------------------------------------------------------------------------------


def read_ticket(text):
    must(re.fullmatch(r"[A-Za-z0-9_-]{1,4096}", text), "characters of a ticket")
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    must(base64.urlsafe_b64encode(raw).rstrip(b"=") == text.encode(), "one spelling only")
    body, checksum = raw[:-4], raw[-4:]
    must(hashlib.sha256(body).digest()[:4] == checksum, "checksum")
    must(body[0] == 1, "version")
    signature = {0: None, 1: body[91:123]}[body[90]]
    return {
        "place": ("folder", "azure-blob")[body[1]],
        "address": body[123 if signature else 91 :].decode(),
        "mailbox": id_text(body[2:18]),
        "provider_key": body[18:50],
        "secret": body[50:82],
        "expires": int.from_bytes(body[82:90], "big", signed=True),
        "signature": signature,
    }


def proof(secret, purpose, mailbox, named, terms):
    message = f"datashare/{purpose}/v1|{mailbox}|{named}|{terms or '-'}"
    return hmac.new(secret, message.encode(), hashlib.sha256).hexdigest()


# ---- envelopes and chains --------------------------------------------------------------------------------------------


def payload_of(envelope):
    return base64.b64decode(json.loads(envelope)["payload"], validate=True)


def open_envelope(kind, envelope, signing):
    """The payload that this key signed. The key id is a hint and plays no part."""
    document, payload = json.loads(envelope), payload_of(envelope)
    written = document["payloadType"].encode()
    signed = b"DSSEv1 %d %s %d %s" % (len(written), written, len(payload), payload)
    key = Ed25519PublicKey.from_public_bytes(signing)
    for signature in document["signatures"]:
        try:
            key.verify(base64.b64decode(signature["sig"], validate=True), signed)
        except InvalidSignature:
            continue
        must(document["payloadType"] == kind, "payload type")
        return json.loads(payload)
    raise Refused("signature")


def open_record(envelope, signing, chain, sequence, previous):
    record = open_envelope(RECORD, envelope, signing)
    must(record["chain"] == chain, "chain")
    must(record["sequence"] == sequence, "sequence")
    must(record["previous"] == (hashlib.sha256(previous).hexdigest() if previous else None), "link")
    return record


def canonical(value):
    """RFC 8785 as far as records need it: member names are ASCII, numbers are whole."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def chain_of(name, signing, chain):
    """A list of envelopes' texts, verified one after the other; answers the records and the envelopes."""
    envelopes = [text.encode() for text in json.loads(read(name))]
    previous, records = None, []
    for sequence, envelope in enumerate(envelopes, 1):
        records.append(open_record(envelope, signing, chain, sequence, previous))
        previous = envelope
    return records, envelopes


# ---- receipts --------------------------------------------------------------------------------------------------------


def key_id_of(signing, sealing):
    return fingerprint(base64.b64decode(signing), base64.b64decode(sealing))


def open_part(text, keys, chain):
    """A record of a receipt: written as this protocol writes it, signed once by these keys, of this chain."""
    envelope = text.encode()
    document = json.loads(envelope)
    must(canonical(document) == envelope and len(document["signatures"]) == 1, "form of the envelope")
    must(document["signatures"][0]["keyid"] == key_id_of(**keys), "key id")
    record = open_envelope(RECORD, envelope, base64.b64decode(keys["signing"]))
    must(record["chain"] == chain, "chain")
    return record


def verify_receipt(raw):
    receipt = json.loads(raw)
    must(canonical(receipt) == raw, "form of the receipt")
    must(set(receipt) == {"receipt", "offer", "claim", "welcome", "agreement", "snapshot"}, "members")
    must(receipt["receipt"] == "datashare/receipt/v1", "version")
    offered, claimed = (json.loads(payload_of(receipt[name].encode())) for name in ("offer", "claim"))
    provider, recipient = offered["provider"]["keys"], claimed["recipient"]["keys"]
    mailbox = re.fullmatch("mailbox:([a-z2-7]{26}):out", offered["chain"])[1]
    out, into = f"mailbox:{mailbox}:out", f"mailbox:{mailbox}:in"
    offer, claim = open_part(receipt["offer"], provider, out), open_part(receipt["claim"], recipient, into)
    welcome = open_part(receipt["welcome"], provider, out)
    must([offer["kind"], claim["kind"], welcome["kind"]] == ["offer", "claim", "welcome"], "kinds")
    must(offer["sequence"] == claim["sequence"] == 1, "first records")
    must(welcome["claim_sha256"] == hashlib.sha256(receipt["claim"].encode()).hexdigest(), "counter-signature")
    terms = offer["terms"] or {"version": None, "sha256": None}
    must((claim["terms_version"], claim["terms_sha256"]) == (terms["version"], terms["sha256"]), "terms")
    must(not offer["terms"] or hashlib.sha256(terms["text"].encode()).hexdigest() == terms["sha256"], "text of the terms")
    answer = {"recipient": claim["recipient"]["email"], "terms": terms["version"]}
    if later := receipt["agreement"]:
        changed, agreed = open_part(later["terms"], provider, out), open_part(later["agreed"], recipient, into)
        must((changed["kind"], agreed["kind"]) == ("terms-changed", "terms-agreed"), "kinds of the agreement")
        must(hashlib.sha256(changed["terms"]["text"].encode()).hexdigest() == agreed["sha256"], "later terms")
        must(changed["terms"]["version"] == agreed["version"], "version of the later terms")
        answer["later"] = agreed["version"]
    if run := receipt["snapshot"]:
        started, finished = (open_part(run[name], recipient, into) for name in ("started", "finished"))
        must((started["kind"], finished["kind"]) == ("snapshot-started", "snapshot-finished"), "kinds of the snapshot")
        must(started["snapshot_id"] == finished["snapshot_id"], "one snapshot")
        answer["manifest"] = finished["manifest_sha256"]
        if run["published"]:
            published = open_part(run["published"], provider, "share:" + offer["heading"]["share_id"])
            must(published["kind"] == "published", "kind of the publication")
            must(published["manifest_sha256"] == finished["manifest_sha256"], "manifest")
            must(published["manifest_version"] == finished["manifest_version"], "version of the manifest")
    return answer


# ---- approvals -------------------------------------------------------------------------------------------------------

SHAPES = {
    "request": "approvers asked_at by change expires_at heading request_id",
    "heading": "description name share_id share_kind",
    "invitation": "acceptance access_days datasets expires_at recipients terms",
    "recipients": "email mailbox_id",
    "terms": "must_be_accepted_again sha256 text version",
    "dataset": "bytes connection dataset_id dataset_kind delivery files name path place sensitive",
    "answer": "at by decision reason request_id request_sha256",
    "by": "created_at email keys name organisation",
}


def must_have_shape(name, value):
    """Nothing is approved that a reader does not know and so would not show."""
    must(sorted(value) == SHAPES[name].split(), f"members of {name}")
    for member, inner in value.items():
        name = "dataset" if member == "datasets" else member
        for part in inner if isinstance(inner, list) else [inner]:
            if name in SHAPES and part is not None:
                must_have_shape(name, part)


def open_signed(text, kind, shape):
    """An envelope by the keys that it introduces: written as this protocol writes it, signed once."""
    envelope = text.encode()
    document, introduced = json.loads(envelope), json.loads(payload_of(envelope))["by"]["keys"]
    must(canonical(document) == envelope and len(document["signatures"]) == 1, "form of the envelope")
    must(document["signatures"][0]["keyid"] == key_id_of(**introduced), "key id")
    value = open_envelope(kind, envelope, base64.b64decode(introduced["signing"]))
    must(canonical(value) == payload_of(envelope), "form of the payload")
    must_have_shape(shape, value)
    return value


def verify_approval(raw):
    approval = json.loads(raw)
    must(canonical(approval) == raw, "form of the approval")
    must(set(approval) == {"approval", "request", "answer"} and approval["approval"] == "datashare/approval/v1", "version")
    request = open_signed(approval["request"], APPROVAL_REQUEST, "request")
    ((subject, change),) = request["change"].items()
    must(subject in ("invitation", "dataset"), "kind of change")
    must_have_shape(subject, change)
    if subject == "invitation" and (terms := change["terms"]):
        must(hashlib.sha256(terms["text"].encode()).hexdigest() == terms["sha256"], "text of the terms")
    if approval["answer"] is None:
        return request, None
    answer = open_signed(approval["answer"], APPROVAL_ANSWER, "answer")
    must(answer["request_id"] == request["request_id"], "request")
    must(answer["request_sha256"] == hashlib.sha256(approval["request"].encode()).hexdigest(), "hash of the request")
    must(answer["by"]["keys"]["signing"] != request["by"]["keys"]["signing"], "somebody else")
    must(key_id_of(**answer["by"]["keys"]) in request["approvers"], "somebody named")
    must(answer["at"] <= request["expires_at"], "in time")
    must(answer["decision"] in ("approved", "refused"), "decision")
    return request, answer


# ---- seals -----------------------------------------------------------------------------------------------------------


def open_grant(sealed, recipient, chain, sequence):
    must(sealed["to"] == "recipient" and sealed["fingerprint"] == recipient.fingerprint, "sealed to somebody else")
    key, text = base64.b64decode(sealed["key"]), base64.b64decode(sealed["text"])
    context = SUITE.create_recipient_context(key, recipient.opener, info=b"datashare/grant/v1")
    return json.loads(context.open(text, aad=f"{chain}|{sequence}|{recipient.fingerprint}".encode()))


def open_ticket_grant(sealed, secret, chain, sequence):
    must(sealed["to"] == "ticket", "sealed to the ticket")
    bound = f"{chain}|{sequence}|ticket".encode()
    key = HKDF(SHA256(), 32, salt=b"datashare/ticket-grant/v1", info=bound).derive(secret)
    return json.loads(ChaCha20Poly1305(key).decrypt(bytes(12), base64.b64decode(sealed["text"]), bound))


def open_whole(key, name, stored):
    """An object whose plain size follows from its stored size."""
    chunks = max(1, -(-len(stored) // (CHUNK + 16)))
    size = len(stored) - 16 * chunks
    parts = [stored[at : at + CHUNK + 16] for at in range(0, len(stored), CHUNK + 16)]
    return b"".join(open_chunk(key, name, size, number, part) for number, part in enumerate(parts))


def open_pieces(root, key, files):
    """All lines of an index whose pieces are kept in these files."""
    pieces = json.loads(root)["pieces"]
    must(len(pieces) == len(files), "as many pieces as the root names")
    lines = []
    for piece, file in zip(pieces, files):
        stored = read(file)
        must(len(stored) == piece["size"] + 16 * max(1, -(-piece["size"] // CHUNK)), "of its size")
        plain = open_whole(key, piece["object"], stored)
        must(hashlib.sha256(plain).hexdigest() == piece["sha256"], "of its hash")
        must(plain.endswith(b"\n"), "lines end with a newline")
        read_lines = [json.loads(line) for line in plain.split(b"\n")[:-1]]
        must(len(read_lines) == piece["files"] and read_lines[0]["path"] == piece["first"], "as the root says")
        lines += read_lines
    paths = [line["path"].encode() for line in lines]
    must(all(before < after for before, after in zip(paths, paths[1:])), "in order of their paths, none twice")
    return lines


def open_chunk(data_key, name, size, number, sealed):
    key = HKDF(SHA256(), 32, salt=b"datashare/content/v1", info=name.encode()).derive(data_key)
    last = number + 1 == max(1, -(-size // CHUNK))
    nonce = number.to_bytes(8, "big") + bytes([0, 0, 0, last])
    return ChaCha20Poly1305(key).decrypt(nonce, sealed, None)


# ---- the vectors -----------------------------------------------------------------------------------------------------

PROVIDER, RECIPIENT = Identity(b"\1" * 32, b"\2" * 32), Identity(b"\3" * 32, b"\4" * 32)
WRONG = (Refused, InvalidTag, PyHPKEError, ValueError, KeyError, TypeError)


def read(name):
    return (HERE / name).read_bytes()


def refused(action, *arguments):
    try:
        action(*arguments)
    except WRONG:
        return True
    return False


def identity():
    named, code, _ = read("identity.txt").decode().split("\n")
    yield "fingerprint", fingerprint(PROVIDER.signing, PROVIDER.sealing) == named
    yield "safety code", safety_code(PROVIDER.signing, PROVIDER.sealing) == code


def ticket():
    text = read("ticket.txt").decode()
    ticket = read_ticket(text)
    changed = [text[:at] + ("B" if text[at] == "A" else "A") + text[at + 1 :] for at in range(len(text))]
    yield "place", (ticket["place"], ticket["address"]) == ("azure-blob", "https://contoso.blob.core.windows.net")
    yield "mailbox", ticket["mailbox"] == id_text(b"\5" * 16)
    yield "provider's key", ticket["provider_key"] == PROVIDER.signing
    yield "secret and signature", (ticket["secret"], ticket["signature"]) == (b"\5" * 32, b"\6" * 32)
    yield "end", ticket["expires"] == 1_790_086_400
    yield "a changed character is refused", all(refused(read_ticket, other) for other in changed)
    yield "a cut ticket is refused", all(refused(read_ticket, text[:end]) for end in range(len(text)))


def mailbox():
    ticket = read_ticket(read("ticket.txt").decode())
    out, into = f"mailbox:{ticket['mailbox']}:out", f"mailbox:{ticket['mailbox']}:in"

    offer_bytes = read("mailbox-out-000001-offer.json")
    offer = open_record(offer_bytes, ticket["provider_key"], out, 1, None)
    yield "offer of the ticket's provider", offer["kind"] == "offer" and offer["provider"]["keys"] == PROVIDER.card_keys
    yield "terms named by their hash", hashlib.sha256(offer["terms"]["text"].encode()).hexdigest() == offer["terms"]["sha256"]
    yield "another signer is refused", refused(open_record, offer_bytes, RECIPIENT.signing, out, 1, None)
    yield "another chain is refused", refused(open_record, offer_bytes, PROVIDER.signing, into, 1, None)
    yield "another place is refused", refused(open_record, offer_bytes, PROVIDER.signing, out, 2, offer_bytes)

    claim_bytes = read("mailbox-in-000001-claim.json")
    keys = json.loads(payload_of(claim_bytes))["recipient"]["keys"]
    claim = open_record(claim_bytes, base64.b64decode(keys["signing"]), into, 1, None)
    bound = ("claim", ticket["mailbox"], RECIPIENT.fingerprint, claim["terms_sha256"])
    yield "claim signed by the key it introduces", claim["kind"] == "claim" and keys == RECIPIENT.card_keys
    yield "claim agrees to the terms of the offer", claim["terms_sha256"] == offer["terms"]["sha256"]
    yield "claim proves the ticket", claim["mac"] == proof(ticket["secret"], *bound)
    yield "another secret proves nothing", claim["mac"] != proof(b"\0" * 32, *bound)

    welcome_bytes = read("mailbox-out-000002-welcome.json")
    welcome = open_record(welcome_bytes, ticket["provider_key"], out, 2, offer_bytes)
    yield "welcome continues the offer", welcome["kind"] == "welcome"
    yield "another offer before it is refused", refused(open_record, welcome_bytes, PROVIDER.signing, out, 2, claim_bytes)
    yield "welcome counter-signs the claim", welcome["claim_sha256"] == hashlib.sha256(claim_bytes).hexdigest()

    sealed = welcome["grant"]["sealed"]
    grant = open_grant(sealed, RECIPIENT, out, 2)
    access = {"endpoint": "https://contoso.blob.core.windows.net", "token": "sig=canary"}
    yield "grant opens for its recipient", all(grant[name] == access for name in ("mailbox", "notice", "share"))
    yield "grant carries the data key", base64.b64decode(grant["data_key"]) == b"\6" * 32 and grant["datasets"] == {}
    yield "grant does not open in another place", refused(open_grant, sealed, RECIPIENT, out, 3)
    yield "grant does not open for another", refused(open_grant, sealed, PROVIDER, out, 2)
    renamed = sealed | {"fingerprint": PROVIDER.fingerprint}
    yield "a renamed seal does not open", refused(open_grant, renamed, PROVIDER, out, 2)


def manifest():
    envelope = read("manifest.json")
    manifest = open_envelope(MANIFEST, envelope, PROVIDER.signing)
    yield "of its share and version", (manifest["share_id"], manifest["version"]) == (id_text(b"a" * 16), 1)
    yield "is no record", refused(open_envelope, RECORD, envelope, PROVIDER.signing)
    yield "another signer is refused", refused(open_envelope, MANIFEST, envelope, RECIPIENT.signing)


def whole_chains():
    mailbox = id_text(b"\5" * 16)
    out, into = f"mailbox:{mailbox}:out", f"mailbox:{mailbox}:in"
    records, envelopes = chain_of("notice.json", PROVIDER.signing, out)
    kinds = "offer welcome grant terms-changed expiry-changed revoked reinstated share-deleted".split()
    yield "every kind of the provider's records", [record["kind"] for record in records] == kinds
    yield "the notice begins with the offer and the welcome", envelopes[:2] == [
        read("mailbox-out-000001-offer.json"),
        read("mailbox-out-000002-welcome.json"),
    ]
    must(records[3]["terms"]["must_be_accepted_again"], "agreement asked for")
    yield "moved end", records[4]["expires_at"] == "2026-09-22T15:13:20Z"
    yield "who revoked", records[5]["by"] == "Ana (Contoso)"
    again = open_grant(records[6]["grant"]["sealed"], RECIPIENT, out, 7)
    yield "reinstated access opens in its place", records[6]["claim_sha256"] is None and again["datasets"] == {}

    answers, written = chain_of("mailbox-in.json", RECIPIENT.signing, into)
    kinds = "claim acknowledged terms-agreed snapshot-started snapshot-finished left".split()
    yield "every kind of the recipient's records", [record["kind"] for record in answers] == kinds
    yield "it begins with the claim", written[0] == read("mailbox-in-000001-claim.json")
    yield "agreed to the changed terms", answers[2]["sha256"] == records[3]["terms"]["sha256"]
    yield "a dropped record is refused", refused(open_record, written[2], RECIPIENT.signing, into, 2, written[0])

    (rejection,), _ = chain_of("rejected-in.json", RECIPIENT.signing, into)
    bound = ("rejection", mailbox, RECIPIENT.fingerprint, None)
    yield "rejection proves the ticket", rejection["mac"] == proof(b"\5" * 32, *bound)
    yield "rejection names its author's keys", rejection["by"]["keys"] == RECIPIENT.card_keys

    declined, _ = chain_of("refused-out.json", PROVIDER.signing, f"mailbox:{id_text(bytes([8] * 16))}:out")
    yield "refusal with its reason", declined[1]["reason"] == "The provider declined."

    chain = f"mailbox:{id_text(bytes([7] * 16))}:out"
    (offer, welcome, withdrawn), _ = chain_of("right-away-out.json", PROVIDER.signing, chain)
    sealed = welcome["grant"]["sealed"]
    yield "right away", (offer["acceptance"], withdrawn["kind"]) == ("right-away", "withdrawn")
    yield "the holder of the ticket opens the grant", open_ticket_grant(sealed, b"\7" * 32, chain, 2)["mailbox"]["token"] == "sig=canary"
    yield "another secret opens nothing", refused(open_ticket_grant, sealed, b"\5" * 32, chain, 2)
    yield "not in another place", refused(open_ticket_grant, sealed, b"\7" * 32, chain, 3)


def published_and_granted():
    records, _ = chain_of("share-log.json", PROVIDER.signing, "share:" + id_text(b"a" * 16))
    kinds = "share-created terms-published datasets-changed published share-described published share-deleted".split()
    yield "every kind of the share's log", [record["kind"] for record in records] == kinds
    first, second = read("manifest.json"), read("manifest-2.json")
    named = [record["manifest_sha256"] for record in records if record["kind"] == "published"]
    yield "the log names the manifests", named == [hashlib.sha256(envelope).hexdigest() for envelope in (first, second)]
    manifest = open_envelope(MANIFEST, second, PROVIDER.signing)
    yield "a manifest continues the one before", manifest["previous"] == hashlib.sha256(first).hexdigest()

    (entry,), stored = manifest["datasets"], read("publication-index.bin")
    yield "index of its hash", hashlib.sha256(stored).hexdigest() == entry["index_sha256"]
    name = f"data/{entry['dataset_id']}/{entry['publication']}/index"
    root = open_chunk(b"\x09" * 32, name, entry["index_size"], 0, stored)
    (line,) = open_pieces(root, b"\x09" * 32, ["publication-index-piece.bin"])
    yield "a published file", (line["path"], line["size"]) == ("deep/ü b.txt", 5)
    yield "its hash", line["sha256"] == hashlib.sha256(b"hello").hexdigest()
    yield "its object lies in a publication that is used", line["object"].split("/")[2] in entry["uses"]

    out = f"mailbox:{id_text(bytes([5] * 16))}:out"
    grant = open_grant(chain_of("notice.json", PROVIDER.signing, out)[0][2]["sealed"], RECIPIENT, out, 3)
    by_kind = {access["kind"]: access for access in grant["datasets"].values()}
    yield "a dataset of each kind", sorted(by_kind) == ["container", "index", "published"]
    yield "a whole container", (by_kind["container"]["container"], by_kind["container"]["prefix"]) == ("sales", "")
    access, stored = by_kind["index"], read("granted-index.bin")
    yield "granted index of its hash", hashlib.sha256(stored).hexdigest() == access["sha256"]
    key = base64.b64decode(access["key"])
    root = open_whole(key, access["object"], stored)
    pieces = ["granted-index-piece-1.bin", "granted-index-piece-2.bin"]
    yield "in order of its paths, with a signature each", [
        (line["path"], line["signature"]) for line in open_pieces(root, key, pieces)
    ] == [("a.txt", "AAA="), ("b.txt", "BBB="), ("c.txt", "CCC=")]
    older = [piece["object"].split("/")[1] for piece in json.loads(root)["pieces"]]
    yield "a piece of an older grant is kept", older == [id_text(bytes([15] * 16)), id_text(bytes([14] * 16))]
    yield "swapped pieces are refused", refused(open_pieces, root, key, pieces[::-1])
    yield "a missing piece is refused", refused(open_pieces, root, key, pieces[:1])
    yield "another key opens nothing", refused(open_whole, b"\0" * 32, access["object"], stored)


def receipts():
    acceptance, snapshot = read("receipt-acceptance.json"), read("receipt-snapshot.json")
    yield "of an acceptance", verify_receipt(acceptance) == {"recipient": "ben@contoso.example", "terms": 1}
    proven = verify_receipt(snapshot)
    manifest = hashlib.sha256(read("manifest-2.json")).hexdigest()
    yield "of a snapshot", (proven["manifest"], proven["later"]) == (manifest, 2)
    changed = [acceptance[:at] + bytes([acceptance[at] ^ 1]) + acceptance[at + 1 :] for at in range(len(acceptance))]
    yield "any changed byte is refused", all(refused(verify_receipt, other) for other in changed)
    swapped = json.loads(snapshot) | {"welcome": json.loads(read("right-away-out.json"))[1]}
    yield "another confirmation is refused", refused(verify_receipt, canonical(swapped))


def approvals():
    request, none = verify_approval(read("approval-request.json"))
    offered = request["change"]["invitation"]
    yield "a request", none is None and [to["email"] for to in offered["recipients"]] == ["ben@fabrikam.example"]
    approved = read("approval-approved.json")
    same, answer = verify_approval(approved)
    yield "approved by somebody else", (same, answer["decision"], answer["by"]["name"]) == (request, "approved", "Olga")
    other, refusal = verify_approval(read("approval-refused.json"))
    yield "a dataset, refused", (other["change"]["dataset"]["sensitive"], refusal["reason"]) == (True, "Not before May.")
    changed = [approved[:at] + bytes([approved[at] ^ 1]) + approved[at + 1 :] for at in range(len(approved))]
    yield "any changed byte is refused", all(refused(verify_approval, other) for other in changed)
    swapped = json.loads(approved) | {"request": json.loads(read("approval-refused.json"))["request"]}
    yield "an answer to another request is refused", refused(verify_approval, canonical(swapped))
    (_, recorded), _ = chain_of("approved-log.json", PROVIDER.signing, "share:" + id_text(b"a" * 16))
    hashes = [hashlib.sha256(json.loads(approved)[part].encode()).hexdigest() for part in ("request", "answer")]
    yield "the log names it", [recorded["request_sha256"], recorded["answer_sha256"]] == hashes
    yield "and who approved", (recorded["kind"], recorded["fingerprint"]) == ("approved", request["approvers"][0])


def schedules():
    chain = f"mailbox:{id_text(bytes([5] * 16))}"
    (offer, *changed, published, declined), _ = chain_of("scheduled-out.json", PROVIDER.signing, chain + ":out")
    daily = offer["snapshot_schedule"]
    yield "an offered schedule", (daily["recurrence"], daily["at"]) == ({"every": "day"}, "02:30")
    yield "its zone and its words", daily["time_zone"] in offer["schedule"] and daily["jitter_seconds"] == 300
    told = [record["schedule"] and record["schedule"]["recurrence"]["every"] for record in changed]
    yield "every recurrence, and none", told == ["hours", "week", "cron", None]
    yield "a cron expression has no time beside it", changed[2]["schedule"]["at"] is None
    asked, _ = chain_of("scheduled-in.json", RECIPIENT.signing, chain + ":in")
    named = {record["sequence"] for record in asked if record["kind"] == "publication-asked"}
    yield "answers name what was asked", {published["asked"], declined["asked"]} == named
    yield "published or refused", published["manifest_version"] == 3 and declined["refusal"].endswith(".")
    log, _ = chain_of("scheduled-log.json", PROVIDER.signing, "share:" + id_text(b"a" * 16))
    yield "the share's log says the same", [record.get("schedule") for record in log] == [None, daily, None]
    without = json.loads(payload_of(read("mailbox-out-000001-offer.json")))
    yield "an offer without one says nothing of it", "snapshot_schedule" not in without


def envelopes_of(path):
    document = json.loads(path.read_bytes())
    return [text.encode() for text in document] if isinstance(document, list) else [path.read_bytes()]


def form():
    for path in sorted(HERE.glob("*.json")):
        if path.name.startswith(("receipt-", "approval-")):
            yield f"{path.name} is canonical", canonical(json.loads(path.read_bytes())) == path.read_bytes()
            continue
        for number, envelope in enumerate(envelopes_of(path), 1):
            payload = payload_of(envelope)
            same = (canonical(json.loads(envelope)), canonical(json.loads(payload))) == (envelope, payload)
            yield f"{path.name}: envelope {number} is canonical", same


def content():
    key, name, sealed = b"\x09" * 32, "data/a/b/000001", read("content-chunk.bin")
    yield "opens", open_chunk(key, name, 5, 0, sealed) == b"hello"
    yield "not as another object", refused(open_chunk, key, "data/a/b/000002", 5, 0, sealed)
    yield "not as another chunk", refused(open_chunk, key, name, CHUNK + 5, 1, sealed)
    yield "not as the start of a longer object", refused(open_chunk, key, name, CHUNK + 5, 0, sealed)


def main():
    passed = failed = 0
    for section in (identity, ticket, mailbox, whole_chains, manifest, published_and_granted, receipts, approvals, schedules, form, content):
        try:
            for statement, holds in section():
                passed, failed = passed + holds, failed + (not holds)
                print("ok    " if holds else "FAILED", f"{section.__name__}: {statement}")
        except (*WRONG, IndexError, OSError) as error:
            failed += 1
            print("FAILED", f"{section.__name__}: {error!r}")
    print(f"\n{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
