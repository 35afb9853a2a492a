# Runs the script that is the first argument, with the others. What it may not do is told by Python itself, before it is done.
import os
import runpy
import sys

script = sys.argv[1]
untrusted = tuple(os.path.realpath(each) + os.sep for each in (sys.argv[2], os.getcwd()))


def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        raise PermissionError("espalier refuses to use the network")
    if event == "exec":
        code = getattr(arguments[0], "co_filename", "")
        if code.startswith(os.sep) and os.path.realpath(code).startswith(untrusted):
            raise PermissionError("espalier refuses to run the checkpoint's own code")


sys.addaudithook(refuse)
sys.path.insert(0, os.path.dirname(script))
sys.argv = sys.argv[1:]
runpy.run_path(script, run_name="__main__")
