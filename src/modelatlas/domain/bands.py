"""Absolute bands: what one single unit has ever cost anywhere, with room; an amount outside is suspect.

The extremes are those of LiteLLM's map 1.109.1, genai-prices 0.2.3 and models.dev of 2026-07-02, with the
model that sets them; the bands leave a third or more on either side. They are data, changed when a real
price leaves them, and never a reason to convert a price.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from msgspec import Struct


class Band(Struct, frozen=True):
    """The least and the most USD for one single unit, and which real prices lie near them."""

    least: Decimal
    most: Decimal
    reason: str


def _band(least: str, most: str, reason: str) -> Band:
    return Band(Decimal(least), Decimal(most), reason)


BANDS: Final[Mapping[str, Band]] = MappingProxyType(
    {
        "input_token": _band("0.000000001", "0.0002", "o1-pro costs 150 per million, small hosts 0.002"),
        "output_token": _band("0.000000001", "0.0008", "o1-pro costs 600 per million, small hosts 0.002"),
        "reasoning_token": _band("0.000000001", "0.0008", "as output tokens"),
        "citation_token": _band("0.00000001", "0.0001", "sonar-deep-research costs 2 per million"),
        "cache_read_token": _band("0.0000000005", "0.0001", "from 0.001 per million to gpt-4.5's 37.5"),
        "cache_write_token": _band("0.000000001", "0.0002", "from 0.0024 per million to 100"),
        "cache_write_1h_token": _band("0.00000001", "0.0002", "from 0.1 per million to 55"),
        "input_audio_token": _band("0.00000001", "0.0003", "gpt-4o-realtime cost 110 per million"),
        "output_audio_token": _band("0.0000001", "0.0005", "gpt-4o-realtime cost 220 per million"),
        "cache_read_audio_token": _band("0.000000005", "0.0001", "gpt-4o-realtime costs 2.5 per million"),
        "cache_write_audio_token": _band("0.00000005", "0.0001", "gpt-4o-realtime cost 22 per million"),
        "input_image_token": _band("0.00000001", "0.0001", "gpt-image-1 costs 10 per million"),
        "output_image_token": _band("0.0000001", "0.0005", "gemini-3-pro-image costs 150 per million"),
        "cache_read_image_token": _band("0.00000001", "0.0001", "gpt-image-1 costs 2.5 per million"),
        "input_video_token": _band("0.0000001", "0.0001", "gemini-embedding-2 costs 12 per million"),
        "output_video_token": _band("0.0000001", "0.0002", "gemini-omni-flash costs 17.5 per million"),
        "input_image": _band("0.00001", "2", "gpt-image-1 costs up to 0.25"),
        "output_image": _band("0.00002", "2", "a creative upscale costs 0.6"),
        "output_megapixel": _band("0.0001", "2", "as images of about one megapixel"),
        "input_pixel": _band("0.0000000001", "0.000002", "gpt-image-1 costs 1.6e-7"),
        "output_pixel": _band("0.0000000001", "0.000002", "flux-lora-depth costs 3.3e-8"),
        "input_character": _band("0.000000001", "0.0005", "long-form speech costs 100 per million"),
        "output_character": _band("0.000000001", "0.0005", "medlm-large cost 15 per million"),
        "input_page": _band("0.00001", "0.1", "document layout costs 0.01"),
        "annotated_page": _band("0.0001", "0.1", "mistral-ocr-4 costs 0.005"),
        "request": _band("0.00001", "1", "sonar-pro costs 0.014"),
        "query": _band("0.00001", "1", "a deep search costs 0.06"),
        "web_search": _band("0.0001", "0.5", "gemini-2.5 costs 0.035"),
        "storage_search": _band("0.0001", "0.5", "OpenAI's file search costs 0.0025"),
        "text_message": _band("0.0001", "0.5", "grok-voice costs 0.004"),
        "audio_second": _band("0.000001", "0.05", "as audio hours"),
        "audio_minute": _band("0.00006", "3", "as audio hours"),
        "audio_hour": _band("0.004", "180", "from whisper-large-v3-turbo's 0.02 to voice agents' 4.8"),
        "input_audio_second": _band("0.000001", "0.05", "from whisper's 7.5e-6 to 2.8e-4"),
        "input_audio_minute": _band("0.00006", "3", "as audio seconds"),
        "input_audio_hour": _band("0.004", "180", "as audio seconds"),
        "output_audio_second": _band("0.00001", "0.05", "gpt-4o-mini-tts costs 2.5e-4"),
        "input_video_second": _band("0.00001", "0.05", "from gemini-live's 3.3e-5 to 8.4e-4"),
        "output_video_second": _band("0.001", "5", "from 0.02 to sora-2-pro's 0.5"),
        "output_video": _band("0.005", "50", "from 0.2 to 0.5 for a few seconds"),
        "compute_second": _band("0.000001", "0.5", "from a CPU's 2.5e-5 to eight H100's 0.0122"),
    }
)
"""Billed unit -> its band."""
