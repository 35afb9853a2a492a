# Runs tests in a process that the program cannot reach: the functions that they call are stand-ins, which ask for the
# call and get a value back. What is compared here are values of Python's own types.
import ast
import builtins

MOST_SHOWN = 300


def shown(value):
    text = repr(value)
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 3] + "..."


class RemoteError(Exception):
    pass


class Ended(BaseException):
    """The program has ended, so that there is nothing left to call."""


class Caller:
    def __init__(self, channel):
        self.channel = channel

    def ask(self, request):
        self.channel.send({"call": request})
        answer = self.channel.receive()
        if answer is None or "ended" in answer:
            raise Ended((answer or {}).get("ended", "the program has ended"))
        if "error" in answer:
            kind = getattr(builtins, answer["error"], None)
            usable = isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, AssertionError)
            text = "%s: %s" % (answer["error"], answer["message"])
            try:
                thrown = kind(answer["message"]) if usable else RemoteError(text)
            except TypeError:
                thrown = RemoteError(text)
            thrown.remote_text = text + ("\n" + answer["trace"] if answer.get("trace") else "")
            raise thrown
        return decode(answer["value"], lambda number, kind: Remote(self, {"object": number}))


def call(caller, target, arguments, named):
    request = dict(target, arguments=[encode(value, held) for value in arguments])
    if named:
        request["named"] = {key: encode(value, held) for key, value in named.items()}
    return caller.ask(request)


def held(value):
    if isinstance(value, Remote):
        return object.__getattribute__(value, "_target")["object"]
    raise Unsendable("a %s cannot be given to the program" % type(value).__name__)


class Remote:
    """Stands for what the program holds. Equal only to itself, whatever the program says."""

    def __init__(self, caller, target):
        object.__setattr__(self, "_caller", caller)
        object.__setattr__(self, "_target", target)

    def __call__(self, *arguments, **named):
        return call(object.__getattribute__(self, "_caller"), object.__getattribute__(self, "_target"), arguments, named)

    def __getattr__(self, name):
        target = object.__getattribute__(self, "_target")
        return object.__getattribute__(self, "_caller").ask(dict(target, get=name))

    def __setattr__(self, name, value):
        target = object.__getattribute__(self, "_target")
        object.__getattribute__(self, "_caller").ask(dict(target, set=name, value=encode(value, held)))


def has(node, kind):
    return any(isinstance(each, kind) for each in ast.walk(node))


def called_names(tree):
    return {each.func.id for each in ast.walk(tree) if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)}


def is_unit(statement, values):
    if isinstance(statement, ast.Assert):
        return not isinstance(statement.test, ast.Constant)
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)):
        return False
    return has(statement, ast.Assert) or (values and isinstance(statement, ast.Expr) and has(statement, ast.Call))


class Suite:
    """The tests in a text: assert statements, test functions, unittest's classes, or what is in a function check(candidate)."""

    def __init__(self, source, values):
        self.source = source
        tree = ast.parse(source, "tests.py")
        self.candidate = None
        defined = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}
        check = defined.get("check")
        body = tree.body
        if check is not None and len(check.args.args) == 1 and not has(check, ast.Return):
            self.candidate = check.args.args[0].arg
            body = [each for each in body if each is not check and not self.calls_check(each)] + check.body
        self.steps = []
        for statement in body:
            if isinstance(statement, ast.FunctionDef) and statement.name.startswith("test") and not statement.args.args:
                self.steps.append((statement, False, None))
                self.steps.append((statement, True, ast.parse(statement.name + "()", "tests.py").body[0]))
            elif isinstance(statement, ast.ClassDef) and any("TestCase" in ast.unparse(base) for base in statement.bases):
                self.steps.append((statement, False, None))
                for method in statement.body:
                    if isinstance(method, ast.FunctionDef) and method.name.startswith("test"):
                        run = "%s(%r).debug()" % (statement.name, method.name)
                        self.steps.append((method, True, ast.parse(run, "tests.py").body[0]))
            elif isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test):
                continue
            else:
                self.steps.append((statement, is_unit(statement, values), None))
        self.units = [self.text(statement) for statement, unit, _ in self.steps if unit]
        local = set(defined) | {each.name for each in body if isinstance(each, ast.ClassDef)}
        self.called = sorted(called_names(tree) - local - {self.candidate})

    @staticmethod
    def calls_check(statement):
        return isinstance(statement, ast.Expr) and "check" in called_names(statement)

    def text(self, statement):
        text = ast.get_source_segment(self.source, statement) or ast.unparse(statement)
        return text.strip() if len(text) <= 2 * MOST_SHOWN else text[: 2 * MOST_SHOWN].rstrip() + " ..."


def code_of(node, mode):
    whole = ast.Module([node], []) if mode == "exec" else ast.Expression(node)
    return compile(ast.fix_missing_locations(whole), "tests.py", mode, dont_inherit=True)


def judged(statement, names, values):
    """Runs a test; returns why it failed, or None, and the value that it gave if that is wanted."""
    equality = (
        isinstance(statement, ast.Assert)
        and isinstance(statement.test, ast.Compare)
        and len(statement.test.ops) == 1
        and isinstance(statement.test.ops[0], ast.Eq)
    )
    if equality:
        got = eval(code_of(statement.test.left, "eval"), names)
        wanted = eval(code_of(statement.test.comparators[0], "eval"), names)
        return (None if got == wanted else "%s is not %s" % (shown(got), shown(wanted))), None
    if isinstance(statement, ast.Assert):
        return (None if eval(code_of(statement.test, "eval"), names) else "it does not hold"), None
    if values and isinstance(statement, ast.Expr):
        return None, canonical(eval(code_of(statement.value, "eval"), names))
    exec(code_of(statement, "exec"), names)
    return None, None


def described(thrown):
    text = getattr(thrown, "remote_text", None) or ("%s: %s" % (type(thrown).__name__, thrown)).rstrip(": ")
    return text[: 4 * MOST_SHOWN]


def run_tests(spec):
    channel = Channel(3, 4)
    values = spec.get("values", False)
    try:
        suite = Suite(spec["tests"], values)
    except (SyntaxError, ValueError, RecursionError) as thrown:
        line = getattr(thrown, "lineno", None)
        channel.send({"broken": "%s%s" % ("line %d: " % line if line else "", getattr(thrown, "msg", thrown))})
        return
    channel.send({"units": suite.units, "called": [name for name in suite.called if not hasattr(builtins, name)]})
    begin = channel.receive()
    if begin is None:
        return
    caller = Caller(channel)
    names = {"__name__": "tests", "__builtins__": builtins}
    try:
        exec(compile(spec.get("setup", ""), "setup.py", "exec", dont_inherit=True), names)
    except Exception as thrown:
        channel.send({"broken": "what precedes the tests fails: " + described(thrown)})
        return
    for name in begin["modules"]:
        if name not in names:
            try:
                names[name] = __import__(name)
            except ImportError:
                pass
    for name in begin["callables"]:
        if name not in names and not hasattr(builtins, name):
            names[name] = Remote(caller, {"name": name})
    if begin.get("entry"):
        names[begin["entry"]] = Remote(caller, {"name": begin["entry"]})
        names[suite.candidate or "candidate"] = names[begin["entry"]]
    stopped = None
    for statement, unit, instead in suite.steps:
        why, value = stopped, None
        if why is None:
            try:
                why, value = judged(instead or statement, names, values) if unit else (None, None)
                if not unit:
                    exec(code_of(statement, "exec"), names)
            except Ended as thrown:
                stopped = why = str(thrown)
            except Exception as thrown:
                why = described(thrown)
                if isinstance(statement, (ast.Import, ast.ImportFrom)):
                    channel.send({"broken": why})
                    return
                if not unit:
                    stopped = why
        if unit:
            channel.send({"passed": why is None, "why": why, "value": value})
    channel.send({"done": True})
