"""A causal Llama of 2 layers with a tokenizer trained on the catalog's statements, made in a second or two.

It knows nothing: its weights are random. It is for the code around a model, which takes it for a real one.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.evaluation.request import LETTERS

WINDOW = 1024
TEMPLATE = (
    "{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)
NO_SYSTEM = (
    "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system message') }}{% endif %}"
    "{% if m.role == 'user' %}[ASK] {{ m.content }} [/ASK]{% else %} {{ m.content }}<|end|>{% endif %}{% endfor %}"
)


def statements(catalog: Catalog) -> list[str]:
    return [option.statement for item in catalog.items.values() for option in item.refined]


def save_tiny_model(
    folder: Path, texts: Iterable[str], *, template: str = "", window: int = WINDOW, vocabulary: int = 600
) -> Path:
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    # So small a model gains nothing from threads, and on a busy machine they wait for each other.
    torch.set_num_threads(1)
    special = ["<|start|>", "<|end|>", "<|pad|>", "<|system|>", "<|user|>", "<|assistant|>"]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    # As in any large tokenizer, a letter with the space before it is one token.
    letters = [f" {letter}" for letter in LETTERS for _ in range(200)]
    tokenizer.train_from_iterator([*texts, *letters], trainer)
    whole = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<|start|>", eos_token="<|end|>", pad_token="<|pad|>"
    )
    if template:
        whole.chat_template = template
    whole.save_pretrained(folder)
    config = LlamaConfig(
        vocab_size=len(whole),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=window,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=2,
        # Wide, so that the random model prefers some answers clearly and a mistake shows.
        initializer_range=0.3,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        LlamaForCausalLM(config).save_pretrained(folder)
    return folder
