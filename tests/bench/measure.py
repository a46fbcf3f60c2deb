"""Time, CPU time and memory of one command, and the limits of this machine."""

import hashlib
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

MIB = 1024 * 1024


@dataclass(frozen=True)
class Cost:
    """Wall seconds; CPU seconds (user and system, with all child processes); peak resident memory in MB."""

    seconds: float
    cpu: float
    memory: float


class Failed(Exception):
    """A command that did not end well, with what it said."""


def take_memory(size):
    """Takes so many bytes and gives them back. A virtual machine that lent its free memory to its host gets it again page by
    page, which takes seconds for a gigabyte, and is not what whoever is measured first should be charged with."""
    # In a process of its own: the peak of this one would count as that of every command it starts.
    subprocess.run([sys.executable, "-c", f"b'.' * {size}"], check=True)


def run(command, environment, log):
    """Runs a command to its end. Its output goes to the log."""
    with open(log, "wb") as output:
        started = time.monotonic()
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        said = Path(log).read_text(errors="replace")[-2000:]
        raise Failed(f"{Path(command[0]).name} ended with {process.returncode}:\n{said}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6)


def medians(costs):
    return Cost(*(median(getattr(cost, part) for cost in costs) for part in ("seconds", "cpu", "memory")))


def loopback_rate(into=None):
    """Bytes per second that come over one connection of the loopback; `into` a file of this folder, when it is given."""
    total, piece = 1024 * MIB, bytearray(MIB)
    listener = socket.create_server(("127.0.0.1", 0))

    def send():
        with socket.create_connection(listener.getsockname()) as sender:
            for _ in range(total // MIB):
                sender.sendall(piece)

    sending = threading.Thread(target=send)
    started = time.monotonic()
    sending.start()
    receiver, _ = listener.accept()
    buffer = bytearray(MIB)
    output = open(into / "arrived", "wb", buffering=0) if into else None
    while count := receiver.recv_into(buffer):
        if output:
            output.write(memoryview(buffer)[:count])
    seconds = time.monotonic() - started
    if output:
        output.close()
        (into / "arrived").unlink()
    sending.join()
    receiver.close()
    listener.close()
    return total / seconds


def disk_rate(folder):
    """Bytes per second that a file takes in this folder, written through to the disk."""
    total, piece, file = 1024 * MIB, os.urandom(MIB), folder / "disk-rate"
    started = time.monotonic()
    with open(file, "wb") as output:
        for _ in range(total // MIB):
            output.write(piece)
        output.flush()
        os.fsync(output.fileno())
    seconds = time.monotonic() - started
    file.unlink()
    return total / seconds


def md5_rate():
    """Bytes per second of OpenSSL's MD5 on one core: one file's MD5 can be computed on no more."""
    total, piece = 512 * MIB, bytes(MIB)
    digest, started = hashlib.md5(usedforsecurity=False), time.monotonic()
    for _ in range(total // MIB):
        digest.update(piece)
    return total / (time.monotonic() - started)
