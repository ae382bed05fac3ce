"""Two commands: what the one leaves the other finds."""

LEAVES = """
import os, shutil
shutil.rmtree("/d/old")
os.mkdir("/d/old")
os.unlink("/gone")
open("/d/one", "w").write("x")
os.link("/d/one", "/d/two")
os.symlink("nowhere", "/d/link")
os.mkfifo("/d/pipe")
os.setxattr("/d/one", "user.note", b"kept")
os.chmod("/d/g", 0o4750)
os.chown("/d/g", 12, 34)
for path in ("/d/g", "/d/old", "/d"):
    os.utime(path, (10**9, 10**9))
"""
FINDS = """
import os
for path in ("/d", "/d/old", "/d/g", "/d/one", "/d/link", "/d/pipe"):
    info = os.lstat(path)
    when = info.st_mtime if info.st_mtime == 10**9 else "-"
    print(path, oct(info.st_mode), info.st_uid, info.st_gid, info.st_nlink if path == "/d/one" else "-", when)
print(os.listdir("/d/old"), os.path.exists("/gone"), sorted(os.listdir("/d")), os.listxattr("/d/one"))
print(os.path.samefile("/d/one", "/d/two"), open("/d/g").read())
"""
