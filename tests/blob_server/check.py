"""The blob server of the tests, held against the service's own client for Python.

Usage: check.py PROGRAM. Starts the program, tries every operation that transfers use, and counts what held.
"""

import base64
import hashlib
import json
import subprocess
import sys
import time
import traceback
import urllib.request

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobBlock, BlobServiceClient

KEY = base64.b64encode(b"any key at all").decode()
MIB = 1024 * 1024
LARGE = bytes(range(256)) * (9 * MIB // 256) + b"end"


def refused(status, code, call):
    try:
        call()
    except HttpResponseError as error:
        assert (error.status_code, error.error_code) == (status, code), (error.status_code, error.error_code)
    else:
        raise AssertionError(f"{status} {code} was expected")


def upload_and_ranges(provider, _):
    blob = provider.get_blob_client("large file ü+&%.bin")
    md5 = hashlib.md5(LARGE).digest()
    blob.upload_blob(LARGE, metadata={"origin": "till 7"}, validate_content=True, max_concurrency=4)
    properties = blob.get_blob_properties()
    assert (properties.size, properties.metadata) == (len(LARGE), {"origin": "till 7"})
    assert blob.download_blob(max_concurrency=4, validate_content=True).readall() == LARGE
    assert blob.download_blob(offset=MIB - 3, length=MIB).readall() == LARGE[MIB - 3 : 2 * MIB - 3]
    blob.upload_blob(LARGE[:7], overwrite=True, validate_content=True)
    assert blob.download_blob().readall() == LARGE[:7]
    refused(416, "InvalidRange", lambda: blob.download_blob(offset=7, length=1).readall())
    wrong = {"Content-MD5": base64.b64encode(md5).decode()}
    refused(400, "Md5Mismatch", lambda: blob.upload_blob(b"x", overwrite=True, headers=wrong))
    wrong = {"x-ms-content-crc64": base64.b64encode(bytes(8)).decode()}
    refused(400, "Crc64Mismatch", lambda: blob.upload_blob(b"x", overwrite=True, headers=wrong))
    blob.upload_blob(b"", overwrite=True)
    assert blob.download_blob().readall() == b""


def conditions(provider, _):
    blob = provider.get_blob_client("conditions")
    first = blob.upload_blob(b"one")["etag"]
    try:
        blob.upload_blob(b"two")
        raise AssertionError("an existing blob was replaced")
    except ResourceExistsError:
        pass
    second = blob.upload_blob(b"two", overwrite=True)["etag"]
    assert first != second
    pinned = dict(etag=first, match_condition=MatchConditions.IfNotModified)
    refused(412, "ConditionNotMet", lambda: blob.download_blob(**pinned).readall())
    refused(412, "ConditionNotMet", lambda: blob.upload_blob(b"three", overwrite=True, **pinned))
    blob.delete_blob()
    refused(404, "BlobNotFound", blob.get_blob_properties)


def blocks(provider, consumer):
    blob = provider.get_blob_client("in blocks")
    for name, content in [("b", b"BB"), ("a", b"A"), ("c", b"CCC")]:
        blob.stage_block(name, content)
    committed, staged = blob.get_block_list("all")
    assert (committed, [(block.id, block.size) for block in staged]) == ([], [("a", 1), ("b", 2), ("c", 3)])
    blob.commit_block_list([BlobBlock("a"), BlobBlock("b")])
    blob.stage_block("b", b"new")
    blob.commit_block_list([BlobBlock("b"), BlobBlock("a")], metadata={"second": "yes"})
    assert blob.download_blob().readall() == b"newA"
    assert blob.get_block_list("all")[1] == []
    refused(400, "InvalidBlockList", lambda: blob.commit_block_list([BlobBlock("c")]))
    target = consumer.get_blob_client("from blocks")
    target.stage_block_from_url("1", blob.url, source_offset=1, source_length=2)
    refused(
        400, "Md5Mismatch", lambda: target.stage_block_from_url("2", blob.url, source_content_md5=bytes(16))
    )
    stale = {"x-ms-source-if-match": '"0x0"'}
    refused(412, "SourceConditionNotMet", lambda: target.stage_block_from_url("2", blob.url, headers=stale))
    target.commit_block_list([BlobBlock("1")])
    assert target.download_blob().readall() == b"ew"


def listing(provider, _):
    names = ["a", "a/b", "a/c/d", "a/c/e", "a b", "ä&<", "z\x01"]
    for name in names:
        provider.upload_blob("list/" + name, name.encode(), metadata={"name": "x"}, tags={"kind": "k&v"})
    found = list(provider.list_blobs(name_starts_with="list/", results_per_page=2, include=["metadata", "tags"]))
    expected = sorted((("list/" + name) for name in names), key=str.encode)
    assert [blob.name for blob in found] == expected, [blob.name for blob in found]
    assert all(blob.metadata == {"name": "x"} and blob.tags == {"kind": "k&v"} for blob in found)
    level = [item.name for item in provider.walk_blobs("list/", delimiter="/", results_per_page=1)]
    assert level == ["list/a", "list/a b", "list/a/", "list/z\x01", "list/ä&<"], level
    assert provider.get_blob_client("list/a").get_blob_tags() == {"kind": "k&v"}
    provider.get_blob_client("list/a").set_blob_tags({"other": "<1>"})
    assert provider.get_blob_client("list/a").get_blob_tags() == {"other": "<1>"}


def copies(provider, consumer):
    source = provider.get_blob_client("copied")
    source.upload_blob(LARGE, metadata={"origin": "copied"}, overwrite=True)
    target = consumer.get_blob_client("copy")
    started = target.start_copy_from_url(source.url)
    while target.get_blob_properties().copy.status == "pending":
        time.sleep(0.01)
    copy = target.get_blob_properties().copy
    assert (copy.id, copy.status, copy.progress) == (
        started["copy_id"],
        "success",
        f"{len(LARGE)}/{len(LARGE)}",
    )
    assert target.download_blob().readall() == LARGE
    assert target.get_blob_properties().metadata == {"origin": "copied"}
    refused(409, "NoPendingCopyOperation", lambda: target.abort_copy(started["copy_id"]))
    target.upload_blob_from_url(source.url, overwrite=True, metadata={"own": "1"})
    assert target.get_blob_properties().copy.id is None
    assert target.get_blob_properties().metadata == {"own": "1"}
    stale = dict(source_etag='"0x0"', source_match_condition=MatchConditions.IfNotModified)
    refused(412, "SourceConditionNotMet", lambda: target.start_copy_from_url(source.url, **stale))
    refused(404, "CannotVerifyCopySource", lambda: target.start_copy_from_url(source.url + "x"))
    over = source.url + "?sig=x&se=2020-01-01T00:00:00Z"
    refused(403, "CannotVerifyCopySource", lambda: target.start_copy_from_url(over))


def aborted_copy(provider, consumer):
    source = provider.get_blob_client("held")
    source.upload_blob(LARGE, overwrite=True)
    target = consumer.get_blob_client("held/copy")
    started = target.start_copy_from_url(source.url)
    assert started["copy_status"] == "pending"
    assert target.get_blob_properties().copy.progress == f"0/{len(LARGE)}"
    refused(409, "PendingCopyOperation", lambda: target.upload_blob(b"x", overwrite=True))
    refused(409, "CopyIdMismatch", lambda: target.abort_copy("another"))
    target.abort_copy(started["copy_id"])
    properties = target.get_blob_properties()
    assert (properties.copy.status, properties.size) == ("aborted", 0)


def containers(provider, _):
    for call, refusal in [
        (provider.create_container, ResourceExistsError),
        (provider.delete_container, None),
        (provider.get_container_properties, ResourceNotFoundError),
        (provider.create_container, None),
    ]:
        try:
            call()
            assert refusal is None, "a refusal was expected"
        except HttpResponseError as error:
            assert refusal and isinstance(error, refusal), error


def counts(provider, _):
    asked = lambda: json.load(urllib.request.urlopen(provider.url.replace("/prov/data", "/-/requests")))["prov/data"]
    before = asked()
    provider.get_blob_client("nothing").exists()
    provider.list_blob_names().by_page().__next__()
    after = asked()
    assert (after["GET"] - before.get("GET", 0), after["HEAD"] - before.get("HEAD", 0)) == (1, 1), (before, after)


def container(address, account):
    text = f"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={KEY};BlobEndpoint={address}/{account}"
    service = BlobServiceClient.from_connection_string(
        text, max_single_put_size=4 * MIB, max_block_size=MIB, retry_total=0
    )
    made = service.create_container("data")
    assert [each.name for each in service.list_containers()] == ["data"]
    return made


def run(program, options, checks):
    """How many of the checks held, and how many did not, against a server of their own."""
    server = subprocess.Popen([program, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    failed = 0
    try:
        address = server.stdout.readline().removeprefix("listening on ").strip()
        accounts = [container(address, account) for account in ("prov", "cons")]
        for check in checks:
            try:
                check(*accounts)
                print(f"ok      {check.__name__}")
            except Exception:
                failed += 1
                print(f"FAILED  {check.__name__}\n{traceback.format_exc()}")
    finally:
        server.stdin.close()
        server.wait()
    return len(checks) - failed, failed


def main():
    program = sys.argv[1]
    usual = run(program, [], [upload_and_ranges, conditions, blocks, listing, copies, containers, counts])
    held = run(program, ["--copies", "held"], [aborted_copy])
    print(f"{usual[0] + held[0]} passed, {usual[1] + held[1]} failed, 0 skipped")
    return 1 if usual[1] + held[1] else 0


if __name__ == "__main__":
    sys.exit(main())
