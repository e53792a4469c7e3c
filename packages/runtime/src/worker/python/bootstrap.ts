/**
 * Python's side of a task, run once when a worker starts Python. It gives `load(source, entry)`, and `run(input, said)`,
 * which calls the script in a namespace of its own and answers `(value, None)` or `(None, text of the failure)`.
 */
export const BOOTSTRAP = `
import inspect, linecache, os, random, shutil, sys, time, traceback, types
import js
from pyodide.ffi import to_js

FILE = "main.py"
HOME = "/work"

class Refused(Exception):
    pass

class Files:
    """The files of the job, and the one that the input is; they lie in the file system too."""
    def __init__(self, host):
        self._host = host
    def read(self, path):
        found = self._host.file(path)
        if found is None:
            raise FileNotFoundError(f'The job has no file "{path}".')
        return found.to_bytes()
    def read_text(self, path, encoding="utf-8"):
        return self.read(path).decode(encoding)
    def list(self):
        return self._host.paths().to_py()
    def write(self, path, data):
        data = data.encode() if isinstance(data, str) else bytes(data)
        check(self._host.write(str(path), to_js(data)))

class Context:
    """What a task sees of the grid."""
    def __init__(self, host, index, seed, args):
        self._host = host
        self._random = random.Random(seed)
        self.index = index
        self.seed = seed
        self.args = args
        self.files = Files(host)
    def random(self):
        return self._random.random()
    def progress(self, fraction, note=""):
        self._host.progress(float(fraction), str(note))
    def log(self, *values):
        self._host.log(" ".join(str(value) for value in values))
    def checkpoint(self, state):
        check(self._host.checkpoint(to_js(state, dict_converter=js.Object.fromEntries)))
    def restore(self):
        return to_bytes(self._host.restore())
    def preview(self, width, height, rgba):
        self._host.preview(width, height, bytes(rgba))

def check(refusal):
    if refusal is not None:
        raise OSError(refusal)

def to_bytes(value):
    if isinstance(value, memoryview):
        return value.tobytes()
    if isinstance(value, list):
        return [to_bytes(part) for part in value]
    if isinstance(value, dict):
        return {key: to_bytes(part) for key, part in value.items()}
    if isinstance(value, int) and type(value) is not bool:
        return int(value)
    return value

class Script:
    def __init__(self, source, entry):
        self.entry = entry
        linecache.cache[FILE] = (len(source), None, source.splitlines(True), FILE)
        try:
            self.code = compile(source, FILE, "exec", dont_inherit=True)
        except SyntaxError as error:
            raise Refused(f"syntax-error\\n{FILE}:{error.lineno}:{error.offset}: {error.msg}")
        except ValueError as error:
            raise Refused(f"syntax-error\\n{FILE}: {error}")
        random.seed(0)
        fresh_home()
        try:
            self.main()
        except Refused:
            raise
        except ModuleNotFoundError as error:
            raise Refused(f"module-unresolved\\n{error}; there is Python's standard library and nothing else.\\n{text_of(error)}")
        except BaseException as error:
            raise Refused(f"task-threw\\nThe script fails when it is loaded: {text_of(error)}")

    def main(self):
        module = types.ModuleType("task")
        module.__file__ = FILE
        sys.modules["task"] = module
        exec(self.code, module.__dict__)
        found = module.__dict__.get(self.entry)
        if not callable(found):
            names = [name for name, value in module.__dict__.items() if inspect.isfunction(value)]
            raise Refused(f"export-missing\\nThe script has no function {self.entry}; it has: {', '.join(names[:20]) or 'none'}.")
        return found

def fresh_home():
    os.chdir("/")
    if os.path.isdir(HOME):
        shutil.rmtree(HOME)
    os.mkdir(HOME)
    os.chdir(HOME)
    for path in relative:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        os.symlink("/" + path, path)

def text_of(error):
    told = traceback.TracebackException.from_exception(error)
    parts = [told]
    while parts:
        part = parts.pop()
        frames = [frame for frame in part.stack if not frame.filename.startswith("<manytabs")]
        part.stack = traceback.StackSummary.from_list(frames)
        parts += [more for more in (part.__cause__, part.__context__) if more]
    text = "".join(told.format()).strip()
    return text if len(text) <= 1900 else text[:600] + "\\n...\\n" + text[-1290:]

def called(main, given, context):
    try:
        count = len([p for p in inspect.signature(main).parameters.values()
                     if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)])
        takes_all = any(p.kind == p.VAR_POSITIONAL for p in inspect.signature(main).parameters.values())
    except (TypeError, ValueError):
        count, takes_all = 2, False
    if count >= 2 or takes_all:
        return main(given, context)
    return main(given) if count == 1 else main()

script = None
relative = []

def load(source, entry, paths):
    global script
    relative[:] = [path for path in paths.to_py() if not path.startswith("/")]
    try:
        script = Script(source, entry)
    except Refused as refused:
        return str(refused)
    return None

def begun(host, given, index, seed, args):
    random.seed(seed)
    fresh_home()
    context = Context(host, index, seed, to_bytes(args))
    return called(script.main(), to_bytes(given), context)

def run(host, given, index, seed, args):
    try:
        value = begun(host, given, index, seed, args)
        if inspect.isawaitable(value):
            return awaited(value)
        return (True, value)
    except BaseException as error:
        return (False, text_of(error))
    finally:
        flush()

async def awaited(value):
    try:
        return (True, await value)
    except BaseException as error:
        return (False, text_of(error))
    finally:
        flush()

def flush():
    sys.stdout.flush()
    sys.stderr.flush()

def still(host):
    time.sleep = lambda seconds: host.sleep(float(seconds))
`;
