//! What is done with foreign answers, as in `datashare-protocol/tests/targets`: for the stable tests and the fuzz targets.
#![allow(unreachable_pub)]

use datashare_storage_azure::objects_listed;

pub const LISTINGS: &[&[u8]] = &[
    br#"<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://contoso.blob.core.windows.net/"
ContainerName="data"><Prefix>a</Prefix><Blobs><BlobPrefix><Name>a &amp; b/</Name></BlobPrefix><Blob><Name> a&lt;b&#x20AC; </Name>
<Properties><Last-Modified>Sat, 21 Nov 2026 03:29:00 GMT</Last-Modified><Etag>0x8D1</Etag><Content-Length>5</Content-Length>
<Content-MD5>XUFAKrxLKna5cZ2REBfFkg==</Content-MD5></Properties><Metadata><Origin>till 7</Origin></Metadata></Blob>
<Blob><Name Encoded="true">a%EF%BF%BEb%25</Name><Properties><Etag>"0x8D3"</Etag><Content-Length>0</Content-Length></Properties>
</Blob></Blobs><NextMarker>2!76!x</NextMarker></EnumerationResults>"#,
    br#"<EnumerationResults><Blobs><Blob><Name>d</Name><Properties><Etag>1</Etag><Content-Length>0</Content-Length>
<ResourceType>directory</ResourceType></Properties></Blob></Blobs><NextMarker/></EnumerationResults>"#,
];

/// An answer to "List Blobs": what it names lies in the container that was asked for, and has a name.
pub fn listings(data: &[u8]) {
    for object in objects_listed("data", data).unwrap_or_default() {
        assert!(object.key.len() > "data/".len() && object.key.starts_with("data/"), "{object:?}");
    }
}
