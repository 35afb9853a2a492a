"""The engine against a bare loop over the same library, and the layouts of its cache against each other."""

from statistics import median

from .workbench import LARGE, POLICY, SMALL

TREE_BRANCHES, TREE_PREFIX = 64, 200


def pairs(bench, part, name, layout, branches, prefix, own, runs):
    """The median ratios of the engine to the bare loop, decode and prefill, and the last run of the engine."""
    model, decode, prefill, engine = bench.file(name), [], [], None
    for _ in range(runs):
        bare = bench.bare(model, layout, branches, prefix, own)
        engine = bench.engine(model, layout, branches, prefix, own)
        decode.append(engine["tokensPerSecond"] / bare["tokensPerSecond"])
        prefill.append(bare["prefillSeconds"] / engine["prefillSeconds"])
        bench.note(part, model=name, layout=layout, branches=branches, prefix=prefix, own=own,
                   bareTokensPerSecond=bare["tokensPerSecond"], tokensPerSecond=engine["tokensPerSecond"], ratio=decode[-1],
                   prefillRatio=prefill[-1])
    return median(decode), median(prefill), engine


def ceiling(bench, quick, runs):
    models = [POLICY] if quick else [POLICY, SMALL, LARGE]
    sizes, own, tree_own = ([16, 64, 256], 24, 32) if quick else ([1, 4, 16, 64, 256], 64, 128)
    runs = runs or (3 if quick else 5)
    decodes, trees, prefills, outside, cells = [], [], [], [], []
    for name in models:
        for branches in sizes:
            # The layout that plain samples get.
            layout = "unified" if branches < 32 else "streams"
            ratio, _, engine = pairs(bench, "decode", name, layout, branches, 16, own, runs)
            if branches >= 16:
                decodes.append(ratio)
            if branches == 64 and name == POLICY:
                outside.append(engine["outsideNative"])
        ratio, prefill, engine = pairs(bench, "tree", name, "unified", TREE_BRANCHES, TREE_PREFIX, tree_own, runs)
        trees.append(ratio)
        prefills.append(prefill)
        cells.append(engine["peakCells"] / engine["liveTokens"])
    return {"ceilingDecode": min(decodes), "ceilingTree": min(trees), "ceilingPrefill": min(prefills),
            "outsideDecode": max(outside), "cellsPerLiveToken": max(cells)}


def layout(bench, quick, runs):
    branch_counts, owns = ([8, 32, 64], [32]) if quick else ([4, 8, 16, 32, 64, 128], [32, 128])
    model, shares = bench.file(POLICY), []
    for branches in branch_counts:
        for own in owns:
            speed = {"unified": [], "streams": []}
            for _ in range(runs or (1 if quick else 3)):
                for name, found in speed.items():
                    found.append(bench.engine(model, name, branches, 100, own)["tokensPerSecond"])
            picked = bench.engine(model, "auto", branches, 100, own)["layout"]
            best = {name: median(found) for name, found in speed.items()}
            shares.append(best[picked] / max(best.values()))
            bench.note("layout", branches=branches, own=own, unified=best["unified"], streams=best["streams"], auto=picked,
                       ratio=shares[-1])
    return {"layoutAuto": min(shares)}
