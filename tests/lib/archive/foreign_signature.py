"""Checks the signatures among the archive's goldens with the openssl program, without any code of assay.

usage: foreign_signature.py fixtures/golden/archive
"""
import base64
import hashlib
import json
import os
import subprocess
import sys
import tempfile


def main(folder):
    key = os.path.join(folder, "key.pub.pem")
    der = subprocess.run(["openssl", "pkey", "-pubin", "-in", key, "-outform", "DER"], check=True, stdout=subprocess.PIPE)
    names = [name for name in sorted(os.listdir(folder)) if name.endswith(".dsse.json")]
    if len(names) < 2:
        sys.exit("no signatures to check")
    for name in names:
        with open(os.path.join(folder, name)) as file:
            envelope = json.load(file)
        payload, kind = base64.b64decode(envelope["payload"]), envelope["payloadType"]
        for change, expected in ((b"", True), (b" ", False)):
            with tempfile.TemporaryDirectory() as work:
                signed, sig = os.path.join(work, "signed"), os.path.join(work, "sig")
                with open(signed, "wb") as file:
                    file.write(b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload) + change)
                with open(sig, "wb") as file:
                    file.write(base64.b64decode(envelope["signatures"][0]["sig"]))
                done = subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", key, "-in", signed,
                                       "-sigfile", sig], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if (done.returncode == 0) != expected:
                sys.exit(f"{name}: openssl says {'yes' if done.returncode == 0 else 'no'}")
        if envelope["signatures"][0]["keyid"] != hashlib.sha256(der.stdout).hexdigest():
            sys.exit(f"{name}: the key id is not the digest of the key")
        if json.loads(payload)["_type"] != "https://in-toto.io/Statement/v1":
            sys.exit(f"{name}: not a statement")
    print(f"{len(names)} signatures are true")


main(sys.argv[1])
