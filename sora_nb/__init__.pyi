# What type checkers and completion read; a test compares it with the names in __init__.py.
from typing import Any

from sora_nb.calls.job import Job as Job
from sora_nb.errors import ApiError as ApiError
from sora_nb.errors import ArchiveError as ArchiveError
from sora_nb.errors import AuthError as AuthError
from sora_nb.errors import BadRequest as BadRequest
from sora_nb.errors import BudgetExceeded as BudgetExceeded
from sora_nb.errors import Cancelled as Cancelled
from sora_nb.errors import CharacterError as CharacterError
from sora_nb.errors import ClipError as ClipError
from sora_nb.errors import ConfigError as ConfigError
from sora_nb.errors import ConsentNeeded as ConsentNeeded
from sora_nb.errors import DownloadError as DownloadError
from sora_nb.errors import FileNotReady as FileNotReady
from sora_nb.errors import GenerationFailed as GenerationFailed
from sora_nb.errors import Interrupted as Interrupted
from sora_nb.errors import InvalidInput as InvalidInput
from sora_nb.errors import LedgerError as LedgerError
from sora_nb.errors import LinkExpired as LinkExpired
from sora_nb.errors import MediaError as MediaError
from sora_nb.errors import NoSubject as NoSubject
from sora_nb.errors import NotDelivered as NotDelivered
from sora_nb.errors import NotFound as NotFound
from sora_nb.errors import OutcomeUnknown as OutcomeUnknown
from sora_nb.errors import PolicyError as PolicyError
from sora_nb.errors import PromptError as PromptError
from sora_nb.errors import QuotaError as QuotaError
from sora_nb.errors import RateLimited as RateLimited
from sora_nb.errors import RealPersonError as RealPersonError
from sora_nb.errors import RouteRetired as RouteRetired
from sora_nb.errors import SoraError as SoraError
from sora_nb.errors import StatusUnknown as StatusUnknown
from sora_nb.errors import StoreError as StoreError
from sora_nb.errors import UpstreamError as UpstreamError
from sora_nb.errors import WaitTimeout as WaitTimeout
from sora_nb.experiments.sweep import Sweep as Sweep
from sora_nb.models import Character as Character
from sora_nb.models import Clip as Clip
from sora_nb.models import Price as Price
from sora_nb.models import SpanRule as SpanRule
from sora_nb.models import State as State
from sora_nb.models import Status as Status
from sora_nb.models import Video as Video
from sora_nb.money.budget import Budget as Budget
from sora_nb.money.prices import Estimate as Estimate
from sora_nb.notebook.widgets.character_gallery import CharacterGallery as CharacterGallery
from sora_nb.notebook.widgets.clip_slider import ClipSlider as ClipSlider
from sora_nb.notebook.widgets.cost_meter import CostMeter as CostMeter
from sora_nb.notebook.widgets.prompt_box import PromptBox as PromptBox
from sora_nb.notebook.widgets.video_grid import VideoGrid as VideoGrid
from sora_nb.notebook.widgets.video_picker import VideoPicker as VideoPicker
from sora_nb.providers.profile import Profile as Profile
from sora_nb.samples import footage as footage
from sora_nb.studio import Studio as Studio

__version__: str

def load_ipython_extension(ip: Any) -> None: ...
def unload_ipython_extension(ip: Any) -> None: ...
