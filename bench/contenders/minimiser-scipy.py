"""SciPy's L-BFGS-B as a process that `minimiser-scipy.ts` drives: a request a line, an answer a line."""

import json
import sys
from pathlib import Path
from time import perf_counter_ns

try:
    import numpy as np
    import scipy
    from scipy.optimize import minimize
except ImportError as error:
    print(json.dumps({"error": str(error)}), flush=True)
    sys.exit(0)

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "test" / "golden"))

np.seterr(all="ignore")


def extended(x):
    even = x[::2]
    bend, rest = x[1::2] - even * even, 1 - even
    gradient = np.empty_like(x)
    gradient[::2] = -400 * even * bend - 2 * rest
    gradient[1::2] = 200 * bend
    return 100 * (bend @ bend) + rest @ rest, gradient


def chained(x):
    first = x[:-1]
    bend, rest = x[1:] - first * first, 1 - first
    gradient = np.zeros_like(x)
    gradient[:-1] = -400 * first * bend - 2 * rest
    gradient[1:] += 200 * bend
    return 100 * (bend @ bend) + rest @ rest, gradient


ROSENBROCK = {"extended": extended, "chained": chained}

objective, start, options = None, None, None


def run(evaluate):
    return minimize(evaluate, start, jac=True, method="L-BFGS-B", options=options)


def overhead(calls):
    """The time of whole minimisations less that within the objective: two readings of the clock a call are left."""
    inside = 0

    def timed(x):
        nonlocal inside
        began = perf_counter_ns()
        value = objective(x)
        inside += perf_counter_ns() - began
        return value

    began = perf_counter_ns()
    for _ in range(calls):
        run(timed)
    return (perf_counter_ns() - began - inside) / 1e3


def result_of(request):
    from problems import PROBLEMS

    first, f_and_g = PROBLEMS[request["problem"]]
    settings = {"maxcor": 10, "ftol": 1e-14, "gtol": request["gradientTolerance"]}
    settings["maxfun"] = request["mostEvaluations"]
    result = minimize(f_and_g, np.array(first, dtype=float), jac=True, method="L-BFGS-B", options=settings)
    return {
        "x": result.x.tolist(),
        "iterations": int(result.nit),
        "evaluations": int(result.nfev),
        "status": result.message,
        "converged": bool(result.success),
    }


def answer(request):
    global objective, start, options
    ask = request["ask"]
    if ask == "version":
        return {"version": scipy.__version__}
    if ask == "setUp":
        objective = ROSENBROCK[request["variant"]]
        start = np.tile([-1.2, 1.0], request["length"] // 2)
        options = {"maxcor": request["memory"], "ftol": 0, "gtol": request["gradientTolerance"]}
        options.update({"maxiter": request["mostIterations"], "maxfun": 10**9})
        result = run(objective)
        return {"counts": [int(result.nit), int(result.nfev)]}
    if ask == "minimise":
        return {"result": result_of(request)}
    return {"microseconds": overhead(request["calls"])}


for line in sys.stdin:
    try:
        print(json.dumps(answer(json.loads(line)), allow_nan=False), flush=True)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
