"""Shows what a module sees of the modules it depends on: `contract`, and `more` under the name `other`."""

import inspect
import re

import dagger
from dagger import dag, function, object_type


def _shown(kind: type) -> str:
    """Names and signatures of a class."""
    names = sorted(name for name in vars(kind) if not name.startswith("_") or name == "__await__")
    return "\n".join(f"{name}{_plain(getattr(kind, name))}" for name in names)


def _plain(method: object) -> str:
    """A signature, without how its classes are referred to."""
    return re.sub(r"dagger\.client\.gen\.|dagger\.|collections\.abc\.|'", "", str(inspect.signature(method)))


@object_type
class Consumer:
    """Calls other modules."""

    image: str = ""

    def _contract(self) -> dagger.Contract:
        return dag.contract(self.image)

    @function
    async def text(self) -> str:
        """Scalars and lists, given and left out."""
        contract = self._contract()
        made = await contract.text(), await contract.text(name="you", times=2), await contract.items(["a", "b"])
        return repr((*made, await contract.maybe(), await contract.number(), await contract.truth()))

    @function
    async def nothing(self) -> str:
        """A function without a result."""
        return repr(await self._contract().nothing())

    async def _described(self, thing: dagger.ContractThing) -> str:
        return f"{type(thing).__name__} {await thing.name()} {await thing.size()} {await thing.describe()}"

    @function
    async def chain(self) -> str:
        """Objects, one from another, and a list of them."""
        first = self._contract().thing(name="n")
        listed = [await one.describe() for one in await self._contract().things()]
        return repr((await self._described(first.grow(by=3)), listed))

    @function
    async def objects(self) -> str:
        """A dependency's objects as its arguments, one and a list."""
        other = dag.other(self.image)
        things = [other.thing(), other.thing().grow(by=2)]
        return repr((await other.measure(things[1]), await other.measure_all(things)))

    @function
    async def kept(self) -> str:
        """Objects by ID."""
        thing = self._contract().thing(name="n")
        again = await dag.contract(self.image).thing(name="n").id()
        return str(await thing.id() == again)

    @function
    async def level(self) -> str:
        """An enum as an argument and its members."""
        high = dagger.ContractLevel.HIGH
        given = await self._contract().level(level=high), await self._contract().level()
        return repr((*given, str(high), high.value, [member.name for member in dagger.ContractLevel]))

    @function
    async def levels(self) -> str:
        """An enum as a result."""
        return repr(await dag.other(self.image).higher(dagger.OtherLevel.LOW))

    @function
    async def core(self) -> str:
        """Core objects as arguments and results."""
        contract = self._contract()
        file = await contract.a_file().name(), await contract.a_directory().entries()
        return repr((*file, await contract.given(contract.a_file(), contract.a_container())))

    @function
    async def confide(self, token: dagger.Secret) -> str:
        """A secret handed on, and one handed back."""
        back = await dag.other(self.image).handed(token).plaintext()
        return repr((await self._contract().confide(token), len(back)))

    @function
    async def ignore(self) -> str:
        """A default path of a dependency is in its own folder."""
        return await self._contract().ignore()

    @function
    async def renamed(self) -> str:
        """A dependency under another name."""
        other = dag.other(self.image)
        return f"{type(other).__name__} {await other.times()} {await other.times(number=4)}"

    @function
    async def by_defaults(self) -> str:
        """What the caller's .env gives to dependencies."""
        other = dag.other()
        return f"{await other.times()} {await dag.contract().number()}"

    @function
    async def fresh(self) -> str:
        """What is never cached, and what is."""
        contract = self._contract()
        a, b = await contract.fresh(), await contract.fresh()
        c, d = await contract.cached(), await contract.cached()
        return repr((a == b, c == d))

    @function
    async def boom(self) -> str:
        """A Python error of a dependency."""
        return await self._contract().boom()

    @function
    async def coded(self) -> str:
        """An error with an exit code."""
        return await self._contract().coded(code=5)

    @function
    async def caught(self) -> str:
        """What is known of an error that is caught."""
        try:
            await self._contract().fails()
        except dagger.ExecError as error:
            return repr((error.exit_code, error.command, error.stdout, error.stderr))
        return "no error"

    @function
    async def fails(self) -> str:
        """A command that fails in a dependency."""
        return await self._contract().fails()

    @function
    async def wrong(self) -> str:
        """Arguments of a wrong type, and one too few."""
        said = []
        for attempt in (lambda: self._contract().thing(name=3), lambda: dag.contract(), lambda: dag.contract(1)):
            try:
                attempt()
            except TypeError as error:
                said.append(str(error).splitlines()[0])
        return "\n".join(said)

    @function
    def signatures(self) -> str:
        """What is generated for dependencies."""
        head = [f"contract{_plain(dag.contract)}", f"other{_plain(dag.other)}"]
        kinds = dagger.ContractThing, dagger.Other, dagger.OtherThing
        return "\n\n".join([*head, *map(_shown, kinds)])
