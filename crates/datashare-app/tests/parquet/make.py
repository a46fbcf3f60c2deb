"""Writes the samples of this folder with the reference implementation (pyarrow 26 wrote those that are here).

Usage: make.py, in an environment with pyarrow. The tests know what is in them.
"""

import datetime
import decimal
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).parent
ROWS = 120


def types():
    day = datetime.datetime(2026, 3, 1, 12, 30, tzinfo=datetime.timezone.utc)
    return pa.table(
        {
            "id": pa.array(range(ROWS), pa.int64()),
            "store": [f"Köln, Süd {at % 3}" if at % 4 else None for at in range(ROWS)],
            "price": pa.array([decimal.Decimal(at) / 4 for at in range(ROWS)], pa.decimal128(9, 2)),
            "weight": pa.array([at / 8 for at in range(ROWS)], pa.float64()),
            "sold": pa.array([at % 2 == 0 for at in range(ROWS)]),
            "day": pa.array([day.date() + datetime.timedelta(days=at) for at in range(ROWS)]),
            "at_ms": pa.array([day] * ROWS, pa.timestamp("ms", "UTC")),
            "at_ns": pa.array([day] * ROWS, pa.timestamp("ns")),
            "raw": pa.array([bytes([at, 255]) for at in range(ROWS)], pa.binary()),
            "tags": pa.array([["a", "b"][: at % 3] for at in range(ROWS)], pa.list_(pa.string())),
            "place": pa.array([{"city": "Essen", "zip": at} for at in range(ROWS)]),
        }
    )


def main():
    table = types()
    for packing in ("none", "snappy", "gzip", "zstd"):
        pq.write_table(table, HERE / f"{packing}.parquet", compression=packing, row_group_size=100)
    pq.write_table(table, HERE / "pages-2.parquet", data_page_version="2.0", compression="zstd", data_page_size=256)
    delta = {"id": "DELTA_BINARY_PACKED", "weight": "BYTE_STREAM_SPLIT", "store": "DELTA_BYTE_ARRAY"}
    some = table.select(list(delta))
    pq.write_table(some, HERE / "encodings.parquet", use_dictionary=False, column_encoding=delta)
    pq.write_table(table.slice(0, 0), HERE / "no-rows.parquet")
    many = pa.table({f"c{at}": pa.array([at], pa.int32()) for at in range(60)})
    pq.write_table(many, HERE / "wide.parquet")


if __name__ == "__main__":
    main()
