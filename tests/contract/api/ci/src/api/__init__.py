"""Shows more of what Dagger's core API does."""

import dataclasses
import uuid

import anyio
import dagger
from dagger import dag, function, object_type

from api.layers import FINDS, LEAVES


@object_type
class Api:
    """Shows more of what Dagger's core API does."""

    image: str
    folder: dagger.Directory | None = None
    tokens: dict[str, dagger.Secret] = dataclasses.field(default_factory=dict, init=False)

    def _base(self) -> dagger.Container:
        return dag.container().from_(self.image)

    @function
    async def imported(self) -> str:
        """A container that went through its tarball."""
        made = (
            self._base()
            .with_new_file("/x", "content")
            .with_env_variable("K", "v")
            .with_entrypoint(["cat"])
            .with_default_args(["/x"])
            .with_label("l", "m")
            .with_workdir("/opt")
            .with_user("1001")
            .with_exposed_port(80)
        )
        again = dag.container().import_(made.as_tarball())
        ran = await again.with_exec([], use_entrypoint=True).stdout()
        state = await again.env_variable("K"), await again.entrypoint(), await again.default_args()
        more = (
            await again.label("l"),
            await again.workdir(),
            await again.user(),
            await again.file("/x").contents(),
        )
        return repr((ran, *state, *more, [await port.port() for port in await again.exposed_ports()]))

    @function
    async def import_text(self) -> str:
        """An archive that is none."""
        return str(
            await dag.container().import_(dag.directory().with_new_file("x.tar", "text").file("x.tar")).sync()
        )

    @function
    async def import_empty(self) -> str:
        """An archive without an image."""
        tar = self._base().with_exec(["tar", "cf", "/x.tar", "-C", "/usr/bin", "env"]).file("/x.tar")
        return str(await dag.container().import_(tar).sync())

    @function
    async def import_keeps(self) -> str:
        """What of the container before stays."""
        before = (
            dag.container()
            .with_env_variable("K", "before")
            .with_mounted_directory("/m", dag.directory().with_new_file("f", "mounted"))
        )
        again = before.import_(self._base().with_env_variable("L", "in").as_tarball())
        mounted = await again.with_exec(["cat", "/m/f"]).stdout()
        return repr((await again.env_variable("K"), await again.env_variable("L"), mounted))

    @function
    async def import_tag(self) -> str:
        """A name that no image of the archive has."""
        return await dag.container().import_(self._base().as_tarball(), tag="none").platform()

    @function
    async def registry_auth(self) -> str:
        """Credentials change nothing in a container, and can be taken away again."""
        secret = dag.set_secret("password", uuid.uuid4().hex)
        with_ = self._base().with_registry_auth("registry.example/some/name:1", "user", secret)
        without = with_.without_registry_auth("registry.example/some/name:1")
        return repr(
            (await with_.with_exec(["echo", "a"]).stdout(), await without.with_exec(["echo", "b"]).stdout())
        )

    @function
    async def git(self, repo: dagger.Directory) -> str:
        """A repository's commits and names."""
        git = repo.as_git()
        head = await git.head().commit(), await git.head().ref()
        tags = (
            await git.tags(),
            await git.tags(patterns=["v1.0*"]),
            await git.tags(patterns=["refs/tags/v2*"]),
        )
        tag = (
            await git.tag("v1.1.0").commit(),
            await git.tag("v1.1.0").ref(),
            await git.tag("v1.0.0").commit(),
        )
        refs = [
            (await git.ref(n).commit(), await git.ref(n).ref())
            for n in ("topic", "refs/heads/main", "v1.1.0")
        ]
        return "\n".join(map(repr, (*head, *tags, *tag, *refs)))

    @function
    async def git_by_commit(self, repo: dagger.Directory) -> str:
        """A commit by its own name."""
        commit = await repo.as_git().head().commit()
        ref = repo.as_git().ref(commit)
        return repr((await ref.commit() == commit, await ref.ref() == commit))

    @function
    async def git_folder(self, repo: dagger.Directory) -> str:
        """The .git folder itself."""
        git = repo.directory(".git").as_git()
        return repr((await git.head().commit(), await git.tags()))

    @function
    async def git_uncommitted(self, repo: dagger.Directory) -> str:
        """What counts as a change."""
        changed = {
            "nothing": repo,
            "new": repo.with_new_file("new.txt", "x"),
            "changed": repo.with_new_file("a.txt", "other"),
            "ignored": repo.with_new_file("a.log", "x"),
            "removed": repo.without_file("a.txt"),
            "same": repo.with_new_file("a.txt", "two\n"),
        }
        return repr({name: await one.as_git().uncommitted().is_empty() for name, one in changed.items()})

    @function
    async def git_none(self) -> str:
        """No repository."""
        return await dag.directory().with_new_file("a", "a").as_git().head().commit()

    @function
    async def git_below(self, repo: dagger.Directory) -> str:
        """A folder of a repository."""
        return await repo.directory("sub").as_git().head().commit()

    @function
    async def git_no_tag(self, repo: dagger.Directory) -> str:
        """A tag that is not there."""
        return await repo.as_git().tag("v9").commit()

    @function
    async def git_no_ref(self, repo: dagger.Directory) -> str:
        """A ref that is not there."""
        return await repo.as_git().ref("none").commit()

    @function
    async def git_unborn(self, repo: dagger.Directory) -> str:
        """A repository without a commit."""
        empty = (
            repo.without_directory(".git/refs")
            .with_new_directory(".git/refs")
            .without_file(".git/packed-refs")
        )
        return await empty.as_git().head().commit()

    @function
    async def ports(self) -> str:
        """Exposed ports, one that nobody listens on, and what they are."""
        script = (
            "import http.server as h\n"
            "class H(h.BaseHTTPRequestHandler):\n"
            "    def do_GET(s):\n"
            "        s.send_response(200); s.end_headers(); s.wfile.write(b'hello')\n"
            "    def log_message(s, *a): pass\n"
            "h.HTTPServer(('0.0.0.0', 8000), H).serve_forever()\n"
        )
        made = (
            self._base()
            .with_new_file("/s.py", script)
            .with_exposed_port(8000)
            .with_exposed_port(9999, experimental_skip_healthcheck=True)
            .with_exposed_port(
                53,
                protocol=dagger.NetworkProtocol.UDP,
                description="names",
                experimental_skip_healthcheck=True,
            )
        )
        get = "import urllib.request as u; print(u.urlopen('http://web:8000/').read().decode())"
        client = self._base().with_service_binding("web", made.as_service(args=["python3", "/s.py"]))
        said = (
            await client.with_env_variable("N", uuid.uuid4().hex).with_exec(["python3", "-c", get]).stdout()
        )
        ports = [
            (await p.port(), (await p.protocol()).name, await p.experimental_skip_healthcheck(), await p.description())
            for p in await made.exposed_ports()
        ]
        return repr((said, sorted(ports)))

    @function
    async def described(self) -> str:
        """A container's user, working directory and labels."""
        plain = self._base()
        made = plain.with_user("1001:1002").with_workdir("/opt/x").with_label("b", "2").with_label("a", "1")
        labels = [(await label.name(), await label.value()) for label in await made.labels()]
        added = sorted(label for label in labels if label[0] in "ab")
        return repr((await plain.user(), await made.user(), await made.workdir(), added))

    @function
    async def exists(self) -> str:
        """What is there, of which type."""
        made = self._base().with_exec(
            ["sh", "-c", "mkdir -p /d/sub; cd /d; echo x > f; ln -s f l; ln -s none broken"]
        )
        types = (
            None,
            *(dagger.ExistsType[name] for name in ("REGULAR_TYPE", "DIRECTORY_TYPE", "SYMLINK_TYPE")),
        )
        folder = made.directory("/d")
        found = {}
        for path in ("f", "sub", "l", "broken", "none", "none/f", "/f"):
            found[path] = [await folder.exists(path, expected_type=kind) for kind in types]
        link = await folder.exists(
            "l", do_not_follow_symlinks=True, expected_type=dagger.ExistsType.REGULAR_TYPE
        )
        inside = [await made.exists(path) for path in ("/d/f", "/d/none", "d", "/proc/none")]
        return "\n".join([*(f"{path} {what}" for path, what in found.items()), repr((link, inside))])

    @function
    async def digests(self) -> str:
        """What makes digests equal."""

        def folder(text: str, mode: int = 0o644) -> dagger.Directory:
            return dag.directory().with_new_file("a", text, permissions=mode)

        directories = [await d.digest() for d in (folder("x"), folder("x"), folder("y"), folder("x", 0o755))]
        files = [
            await d.file("a").digest() for d in (folder("x"), folder("x"), folder("y"), folder("x", 0o755))
        ]
        bare = [await d.file("a").digest(exclude_metadata=True) for d in (folder("x"), folder("x", 0o755))]
        same = [one == directories[0] for one in directories], [one == files[0] for one in files]
        return repr((*same, directories[0].split(":")[0], files[0].split(":")[0], bare))

    @function
    async def filtered(self) -> str:
        """What a filter leaves."""
        made = dag.directory()
        for path in ("a.txt", "a.log", "sub/b.txt", "sub/b.log", "sub/deep/c.txt"):
            made = made.with_new_file(path, path)
        kept = [
            await made.filter(exclude=["*.log"]).glob("**/*"),
            await made.filter(include=["*.txt"]).glob("**/*"),
            await made.filter(include=["sub"], exclude=["**/*.log"]).glob("**/*"),
            await made.filter(exclude=["sub", "!sub/deep"]).glob("**/*"),
            await made.filter().glob("**/*"),
        ]
        return "\n".join(map(repr, kept))

    @function
    async def new_file(self) -> str:
        """A file made of nothing."""
        made = dag.file("name.txt", "contents", permissions=0o600)
        seen = await self._base().with_file("/f", made).with_exec(["stat", "-c", "%a", "/f"]).stdout()
        return repr((await made.name(), await made.contents(), seen))

    @function
    async def platforms(self) -> str:
        """What platforms containers have."""
        own = await dag.container().platform(), await self._base().platform()
        return repr((*own, await dag.container(platform=dagger.Platform("linux/arm64")).platform()))

    @function
    async def foreign(self) -> str:
        """An image that there is not for another platform."""
        return await dag.container(platform=dagger.Platform("linux/s390x")).from_(self.image).platform()

    @function
    def with_token(self, name: str, token: dagger.Secret) -> "Api":
        """The module with one more secret."""
        self.tokens = self.tokens | {name: token}
        return self

    @function
    async def state(self) -> str:
        """What is left of the constructor's arguments and of the calls before."""
        lengths = {name: len(await token.plaintext()) for name, token in self.tokens.items()}
        return repr((self.folder and await self.folder.entries(), lengths))

    @function
    async def services(self, token: dagger.Secret) -> str:
        """A service that holds a secret, and one that asks it; both have names with a dot."""
        script = (
            "import http.server as h, os, sys, urllib.request as u\n"
            "def held(): return f'{len(open(\"/run/t\").read())} {os.stat(\"/run/t\").st_mode & 0o777:o} {len(os.environ[\"T\"])}'\n"
            "def asked(): return 'asked: ' + u.urlopen('http://first.localhost:8000/').read().decode()\n"
            "class H(h.BaseHTTPRequestHandler):\n"
            "    def do_GET(s):\n"
            "        s.send_response(200); s.end_headers(); s.wfile.write(globals()[sys.argv[1]]().encode())\n"
            "    def log_message(s, *a): pass\n"
            "h.HTTPServer(('0.0.0.0', 8000), H).serve_forever()\n"
        )
        base = self._base().with_env_variable("N", uuid.uuid4().hex)
        serving = base.with_new_file("/s.py", script).with_exposed_port(8000)
        holding = serving.with_secret_variable("T", token).with_mounted_secret("/run/t", token)
        first = holding.as_service(args=["python3", "/s.py", "held"])
        await first.start()
        asking = serving.with_service_binding("first.localhost", first)
        second = asking.as_service(args=["python3", "/s.py", "asked"])
        get = "import urllib.request as u; print(u.urlopen('http://second.localhost:8000/').read().decode())"
        client = base.with_service_binding("second.localhost", second)
        said = await client.with_exec(["python3", "-c", get]).stdout()
        look = "import socket; socket.gethostbyname('first.localhost')"
        beyond = await client.with_exec(["python3", "-c", look], expect=dagger.ReturnType.ANY).exit_code()
        await second.stop()
        await first.stop()
        return repr((said, beyond))

    @function
    async def programs(self) -> str:
        """A program of another image and files made beside it: what a command sees, and what it leaves."""
        text = "#!/bin/sh\ncat /in/new > /out/left\nstat -c %a /opt/tool /in/new /out\n"
        other = self._base().with_new_file("/bin/tool", text, permissions=0o755)
        made = self._base().with_mounted_file("/opt/tool", other.file("/bin/tool"))
        made = made.with_new_file("/in/new", "text").with_directory("/out", dag.directory())
        ran = made.with_exec(["/opt/tool"])
        left = await ran.directory("/out").entries(), await ran.file("/out/left").contents()
        return repr((await ran.stdout(), *left))

    @function
    async def layers(self) -> str:
        """What a command left is what the next one finds: links, times, attributes, what was taken away."""
        made = (
            self._base()
            .with_exec(["sh", "-c", "mkdir -p /d/old && echo a > /d/old/f && echo b > /gone && echo c > /d/g"])
            .with_exec(["python3", "-c", LEAVES])
            .with_exec(["python3", "-c", FINDS])
        )
        return await made.stdout()

    @function
    async def names(self) -> str:
        """Names with blanks, accents and signs: of files, in arguments and variables, and listed."""
        name = "\u00e4 \u00f6/na\u00efve \u263a.txt"
        folder = dag.directory().with_new_file(name, "\u00fc\n").with_new_directory("empty folder")
        look = ["sh", "-c", 'cd /in && find . | sort && cat "$1" && echo "$N"', "--", f"/in/{name}"]
        ran = self._base().with_mounted_directory("/in", folder).with_env_variable("N", "\u00e9 $x").with_exec(look)
        return repr((await ran.stdout(), await folder.entries(), await folder.glob("**")))

    @function
    async def bytes(self) -> str:
        """All bytes there are: in a file, and on standard output, which is text."""
        every = "import sys; sys.stdout.buffer.write(bytes(range(256))); open('/b', 'wb').write(bytes(range(256)))"
        ran = self._base().with_exec(["python3", "-c", every])
        look = "import hashlib; print(hashlib.sha256(open('/c', 'rb').read()).hexdigest()[:12])"
        read = self._base().with_mounted_file("/c", ran.file("/b")).with_exec(["python3", "-c", look])
        return repr((await read.stdout(), await ran.file("/b").size(), await ran.stdout()))

    @function
    async def locked(self) -> str:
        """A locked cache volume is seen by one command at a time; a shared one by several."""
        return repr([await self._meeting(mode) for mode in ("LOCKED", "SHARED")])

    async def _meeting(self, mode: str) -> list[str]:
        """What three commands say that use one volume at the same time."""
        volume, said = dag.cache_volume(f"contract-{uuid.uuid4().hex}"), list[str]()
        meet = "mkdir /c/$N && sleep 2 && ls /c | wc -l && sleep 2 && rmdir /c/$N"

        async def run(number: int) -> None:
            mounted = self._base().with_mounted_cache(
                "/c", volume, sharing=dagger.CacheSharingMode[mode]
            )
            named = mounted.with_env_variable("N", str(number))
            said.append(await named.with_exec(["sh", "-c", meet]).stdout())

        async with anyio.create_task_group() as group:
            for number in range(3):
                group.start_soon(run, number)
        return said
