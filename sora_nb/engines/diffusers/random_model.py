"""Make small models of random weights: whole pipelines that load and run as real ones do, and whose films are noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import diffusers
import torch
from diffusers.pipelines.ltx2.connectors import LTX2TextConnectors
from diffusers.pipelines.ltx2.vocoder import LTX2Vocoder
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    Gemma3Config,
    Gemma3ForConditionalGeneration,
    PreTrainedTokenizerFast,
    UMT5Config,
    UMT5EncoderModel,
)

from sora_nb.engines.diffusers.pipeline import without_bars

if TYPE_CHECKING:
    from pathlib import Path

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,!?@_-'\"▁"
"""All that the tokenizer knows; a blank is the last."""
STRONGER = 4.0
"""By how much weights are enlarged."""
CARD = """---
license: mit
---
Random weights. What this model films is noise.
"""


def wan_vace(folder: Path, seed: int = 0) -> Path:
    """Write a WanVACEPipeline of random weights to a folder: 300 kB in seconds, without a download.

    Args:
        folder: made where it is missing.
        seed: of the weights.

    Returns:
        The folder.
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        tokenizer = _tokenizer()
        text = UMT5Config(
            vocab_size=len(tokenizer), d_model=32, d_kv=8, d_ff=37, num_layers=2, num_heads=4, is_encoder_decoder=False
        )
        pipeline = diffusers.WanVACEPipeline(
            tokenizer=tokenizer,
            text_encoder=UMT5EncoderModel(text),
            vae=diffusers.AutoencoderKLWan(
                base_dim=3,
                z_dim=16,
                dim_mult=[1, 1, 1, 1],
                num_res_blocks=1,
                temperal_downsample=[False, True, True],
            ),
            scheduler=diffusers.UniPCMultistepScheduler(
                prediction_type="flow_prediction", use_flow_sigmas=True, num_train_timesteps=1000, flow_shift=3.0
            ),
            transformer=diffusers.WanVACETransformer3DModel(
                num_attention_heads=2,
                attention_head_dim=12,
                text_dim=32,
                ffn_dim=32,
                num_layers=3,
                vace_layers=[0, 2],
                vace_in_channels=96,
            ),
        )
        return _save(pipeline, folder)


def ltx2(folder: Path, pipeline: str = "LTX2InContextPipeline", seed: int = 0) -> Path:
    """Write an LTX-2 pipeline of random weights to a folder, as wan_vace() does.

    Args:
        folder: made where it is missing.
        pipeline: "LTX2InContextPipeline" or "LTX2ConditionPipeline".
        seed: of the weights.

    Returns:
        The folder.
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        tokenizer = _tokenizer()
        layers, wide = 2, 16
        text = Gemma3ForConditionalGeneration(
            Gemma3Config(
                text_config={
                    "vocab_size": len(tokenizer),
                    "hidden_size": wide,
                    "intermediate_size": 32,
                    "num_hidden_layers": layers,
                    "num_attention_heads": 2,
                    "num_key_value_heads": 1,
                    "head_dim": 8,
                    "pad_token_id": 0,
                    "bos_token_id": 1,
                    "eos_token_id": 1,
                },
                vision_config={
                    "hidden_size": 16,
                    "intermediate_size": 16,
                    "num_hidden_layers": 1,
                    "num_attention_heads": 2,
                    "image_size": 28,
                    "patch_size": 14,
                },
                mm_tokens_per_image=4,
                boi_token_index=3,
                eoi_token_index=4,
                image_token_index=5,
            )
        )
        parts: dict[str, Any] = {
            "tokenizer": tokenizer,
            "text_encoder": text,
            "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
            "vae": diffusers.AutoencoderKLLTX2Video(
                latent_channels=4,
                block_out_channels=(4, 8, 16, 32),
                decoder_block_out_channels=(8, 16, 32),
                layers_per_block=(1, 1, 1, 1, 1),
                decoder_layers_per_block=(1, 1, 1, 1),
                spatial_compression_ratio=32,
                temporal_compression_ratio=8,
            ),
            "audio_vae": diffusers.AutoencoderKLLTX2Audio(
                base_channels=8, ch_mult=(1, 1, 1), num_res_blocks=1, latent_channels=2, mel_bins=16
            ),
            "vocoder": LTX2Vocoder(
                in_channels=32,
                hidden_channels=32,
                upsample_kernel_sizes=[4, 4],
                upsample_factors=[2, 2],
                resnet_kernel_sizes=[3],
                resnet_dilations=[[1, 3, 5]],
            ),
            "connectors": LTX2TextConnectors(
                caption_channels=wide,
                text_proj_in_factor=layers + 1,
                video_connector_num_attention_heads=2,
                video_connector_attention_head_dim=8,
                video_connector_num_layers=1,
                video_connector_num_learnable_registers=None,
                audio_connector_num_attention_heads=2,
                audio_connector_attention_head_dim=8,
                audio_connector_num_layers=1,
                audio_connector_num_learnable_registers=None,
            ),
            "transformer": diffusers.LTX2VideoTransformer3DModel(
                in_channels=4,
                out_channels=4,
                num_attention_heads=2,
                attention_head_dim=8,
                cross_attention_dim=16,
                audio_in_channels=8,
                audio_out_channels=8,
                audio_num_attention_heads=2,
                audio_attention_head_dim=4,
                audio_cross_attention_dim=8,
                num_layers=2,
                caption_channels=wide,
            ),
        }
        return _save(getattr(diffusers, pipeline)(**parts), folder)


def _tokenizer() -> Any:
    """Return a tokenizer that reads letter by letter."""
    words = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *((letter, -3.0) for letter in LETTERS)]
    made = Tokenizer(models.Unigram(words, unk_id=2))
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    marks = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    return PreTrainedTokenizerFast(tokenizer_object=made, **marks)


def _save(pipeline: Any, folder: Path) -> Path:
    with torch.no_grad():  # weights as they begin let little through: what is shown would hardly be seen
        for each in pipeline.transformer.parameters():
            if each.ndim > 1:
                each.mul_(STRONGER)
    with without_bars():
        pipeline.save_pretrained(folder)
    (folder / "README.md").write_text(CARD, encoding="utf-8")
    return folder
