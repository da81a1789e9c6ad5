"""The operators: each reads a form, makes one call and reports the result."""

from . import functions
from .base import DuplicatesOperator
from .check_likelihoods import CheckLikelihoods
from .compute_max_ious import ComputeMaxIous
from .cvat_trips import DiscardCvat, ListCvat, MoveCvat
from .delete_duplicates import DeleteDuplicates
from .erase_everything import EraseEverything
from .export_journal import ExportJournal
from .find_duplicates import FindDuplicates
from .judge import ClearVerdicts, ListVerdicts, SetVerdict
from .list_class_pairs import ListClassPairs
from .list_costs import ListCosts
from .list_groups import ListGroups
from .list_pairs import ListPairs
from .list_tracks import ListTracks
from .load_from_cvat import LoadFromCvat
from .merge_duplicates import MergeDuplicates
from .restore_deleted import EmptyTrash, ListDeleted, RestoreDeleted
from .review_tables import ExportReview, ImportReview
from .send_to_cvat import SendToCvat
from .set_class_pairs import SetClassPairs
from .show_duplicates import ShowDuplicates
from .stored_scans import CancelRun, DeleteScan, ListScans, RenameScan
from .tag_duplicates import TagDuplicates, UntagDuplicates

OPERATORS = (
    ComputeMaxIous,
    FindDuplicates,
    TagDuplicates,
    UntagDuplicates,
    ShowDuplicates,
    DeleteDuplicates,
    MergeDuplicates,
    RestoreDeleted,
    ListDeleted,
    ExportJournal,
    EmptyTrash,
    EraseEverything,
    ListPairs,
    ListClassPairs,
    ListCosts,
    CheckLikelihoods,
    ListGroups,
    ListTracks,
    SetVerdict,
    ListVerdicts,
    ClearVerdicts,
    ExportReview,
    ImportReview,
    SetClassPairs,
    ListScans,
    RenameScan,
    DeleteScan,
    CancelRun,
    SendToCvat,
    LoadFromCvat,
    ListCvat,
    DiscardCvat,
    MoveCvat,
)
"""The operators, as the manifest lists them."""

DuplicatesOperator.functions = functions.of(OPERATORS)
