# Runs beside the program and calls its functions for whoever asks. A program that takes this over can give no more than
# return values, which it could do honestly as well.
import linecache
import re
import traceback

PROGRAM = "program.py"
MOST_TRACE = 2000

# What goes on with the statement before it.
AFTER = re.compile(r"(?:else|elif|except|finally|case)\b|[)\]}]")


def failure(thrown):
    """What went wrong, with the lines of the program that it went through."""
    trace = traceback.extract_tb(thrown.__traceback__)
    lines = ["line %d, in %s: %s" % (frame.lineno, frame.name, frame.line) for frame in trace if frame.filename == PROGRAM]
    if isinstance(thrown, SyntaxError) and thrown.filename == PROGRAM:
        lines = ["line %s: %s" % (thrown.lineno, (thrown.text or "").rstrip())]
        message = thrown.msg
    else:
        message = str(thrown)
    return {"error": type(thrown).__name__, "message": message[:MOST_TRACE], "trace": "\n".join(lines[-6:])[:MOST_TRACE]}


def program_globals(source, name):
    linecache.cache[PROGRAM] = (len(source), None, source.splitlines(True), PROGRAM)
    import types

    module = types.ModuleType(name)
    sys.modules[name] = module
    exec(compile(source, PROGRAM, "exec", dont_inherit=True), module.__dict__)
    return module.__dict__


def run_beginning(spec):
    """What is known of a program of which whole lines are written, but not all."""
    import ast
    import codeop

    source = spec["source"]
    lines = source.splitlines(True)
    answer = {"closed": ""}
    try:
        # A line that goes on is an error to codeop.
        if not source.rstrip("\n").endswith("\\"):
            codeop.compile_command(source, PROGRAM, "exec")
    except (SyntaxError, ValueError, OverflowError) as thrown:
        answer.update(failure(thrown))
    for place in range(len(lines), 0, -1):
        # What stands at the margin begins a statement, so that all before it has come to its end.
        if place < len(lines) and (lines[place][0].isspace() or lines[place][0] == "#" or AFTER.match(lines[place])):
            continue
        before = "".join(lines[:place])
        try:
            body = ast.parse(before).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        # A last statement with a body of its own may get more of it.
        if place < len(lines) or (body and not hasattr(body[-1], "body")):
            answer["closed"] = before
            break
    Channel(3, 4).send(answer)


def run_main(spec):
    sys.argv = [PROGRAM]
    try:
        program_globals(spec["source"], "__main__")
    except SystemExit as thrown:
        sys.stdout.flush()
        os._exit(thrown.code if isinstance(thrown.code, int) else 0 if thrown.code is None else 1)
    except BaseException:
        traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(1)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def run_program(spec):
    channel = Channel(3, 4)
    kept = []

    def keep(value):
        kept.append(value)
        return len(kept) - 1

    def taken(data):
        return decode(data, lambda number, kind: kept[number])

    try:
        names = program_globals(spec["source"], "program")
    except BaseException as thrown:
        channel.send(failure(thrown))
        return
    import types

    own = [name for name, value in names.items() if not name.startswith("__")]
    channel.send(
        {
            "callables": [name for name in own if callable(names[name])],
            "modules": [name for name in own if isinstance(names[name], types.ModuleType)],
        }
    )
    while True:
        request = channel.receive()
        if request is None:
            return
        try:
            if "name" in request:
                if request["name"] not in names:
                    raise NameError("the program defines no %s" % request["name"])
                target = names[request["name"]]
            else:
                target = kept[request["object"]]
            if "set" in request:
                setattr(target, request["set"], taken(request["value"]))
                result = None
            elif "get" in request:
                result = getattr(target, request["get"])
            else:
                named = {key: taken(value) for key, value in request.get("named", {}).items()}
                result = target(*[taken(value) for value in request["arguments"]], **named)
            answer = {"value": encode(result, keep)}
        except BaseException as thrown:
            answer = failure(thrown)
        sys.stdout.flush()
        channel.send(answer)
