"""Recomputes cockpit-tiny-baseline in numpy float64 for the picture and prompt of goldens/tiny/image0 (own code; numpy only).
usage: python make_baseline.py MODEL_DIR IMAGE0.safetensors OUT.safetensors"""
import json, math, struct, sys
import numpy as np

DTYPES = {"F32": np.float32, "I64": np.int64, "I32": np.int32, "U8": np.uint8, "BF16": np.uint16}


def load(path):
    data = open(path, "rb").read()
    n = struct.unpack("<Q", data[:8])[0]
    out = {}
    for name, e in json.loads(data[8:8 + n]).items():
        if name != "__metadata__":
            b, f = e["data_offsets"]
            a = np.frombuffer(data[8 + n + b:8 + n + f], DTYPES[e["dtype"]])
            if e["dtype"] == "BF16":
                a = (a.astype(np.uint32) << 16).view(np.float32)
            out[name] = a.reshape(e["shape"])
    return out


W = {k: v.astype(np.float64) for k, v in load(sys.argv[1] + "/model.safetensors").items()}
C = json.load(open(sys.argv[1] + "/config.json"))
image = load(sys.argv[2])
erf = np.vectorize(math.erf)
softmax = lambda x: (lambda e: e / e.sum(-1, keepdims=True))(np.exp(x - x.max(-1, keepdims=True)))
silu = lambda x: x / (1 + np.exp(-x))
lin = lambda x, name: x @ W[name + ".weight"].T + W.get(name + ".bias", 0)
rms = lambda x, w, eps: x / np.sqrt((x * x).mean(-1, keepdims=True) + eps) * w


def layer_norm(x, name, eps):
    m = x.mean(-1, keepdims=True)
    return (x - m) / np.sqrt(((x - m) ** 2).mean(-1, keepdims=True) + eps) * W[name + ".weight"] + W[name + ".bias"]


V, p = C["vision_config"], C["vision_config"]["patch_size"]
x = image["image_u8"].astype(np.float64) / 127.5 - 1
g, width, heads = x.shape[0] // p, V["hidden_size"], V["num_attention_heads"]
patches = x.reshape(g, p, g, p, 3).transpose(0, 2, 4, 1, 3).reshape(g * g, 3 * p * p)
E = "vision_model.embeddings."
x = patches @ W[E + "patch_embedding.weight"].reshape(width, -1).T + W[E + "patch_embedding.bias"] + W[E + "position_embedding"][0]
for i in range(V["num_hidden_layers"]):
    q = "vision_model.encoder.layers.%d." % i
    n = layer_norm(x, q + "norm1", V["layer_norm_eps"])
    Q, K, T = (a.reshape(g * g, heads, -1).transpose(1, 0, 2) for a in np.split(lin(n, q + "attn.qkv"), 3, -1))
    a = softmax(Q @ K.transpose(0, 2, 1) / math.sqrt(Q.shape[-1])) @ T
    x = x + lin(a.transpose(1, 0, 2).reshape(g * g, width), q + "attn.proj") * W[q + "ls1"]
    h = lin(layer_norm(x, q + "norm2", V["layer_norm_eps"]), q + "mlp.fc1")
    x = x + lin(0.5 * h * (1 + erf(h / math.sqrt(2))), q + "mlp.fc2") * W[q + "ls2"]
tokens = x.reshape(g // 2, 2, g // 2, 2, width).transpose(0, 2, 1, 3, 4).reshape(-1, 4 * width)
M = "model.multi_modal_projector."
features = lin(silu(lin(tokens, M + "linear_1")), M + "linear_2")

T = C["text_config"]
ids = image["input_ids"].reshape(-1)
h = W["model.embed_tokens.weight"][ids].copy()
h[ids == C["image_token_id"]] = features
H, G = T["num_attention_heads"], T["num_key_value_heads"]
d, N = T["hidden_size"] // H, len(ids)
angle = np.arange(N)[:, None] / T["rope_theta"] ** (np.arange(0, d, 2) / d)
cos, sin = (np.concatenate([f(angle)] * 2, -1)[:, None] for f in (np.cos, np.sin))
rope = lambda v: v * cos + np.concatenate([-v[..., d // 2:], v[..., :d // 2]], -1) * sin
for i in range(T["num_hidden_layers"]):
    q = "model.layers.%d." % i
    n = rms(h, W[q + "input_layernorm.weight"], T["rms_norm_eps"])
    Q = rope(lin(n, q + "self_attn.q_proj").reshape(N, H, d)).transpose(1, 0, 2)
    K = rope(lin(n, q + "self_attn.k_proj").reshape(N, G, d)).transpose(1, 0, 2).repeat(H // G, 0)
    U = lin(n, q + "self_attn.v_proj").reshape(N, G, d).transpose(1, 0, 2).repeat(H // G, 0)
    a = softmax(Q @ K.transpose(0, 2, 1) / math.sqrt(d) + np.triu(np.full((N, N), -np.inf), 1)) @ U
    h = h + lin(a.transpose(1, 0, 2).reshape(N, H * d), q + "self_attn.o_proj")
    n = rms(h, W[q + "post_attention_layernorm.weight"], T["rms_norm_eps"])
    h = h + lin(silu(lin(n, q + "mlp.gate_proj")) * lin(n, q + "mlp.up_proj"), q + "mlp.down_proj")
logits = rms(h[-1], W["model.norm.weight"], T["rms_norm_eps"]) @ W["model.embed_tokens.weight"].T

out, head, blob = {"visual_tokens": tokens, "connector": features, "logits_last": logits}, {}, b""
for name, a in out.items():
    b = a.astype(np.float32).tobytes()
    head[name] = {"dtype": "F32", "shape": list(a.shape), "data_offsets": [len(blob), len(blob) + len(b)]}
    blob += b
h = json.dumps(head, separators=(",", ":")).encode()
h += b" " * (-len(h) % 8)
open(sys.argv[3], "wb").write(struct.pack("<Q", len(h)) + h + blob)
