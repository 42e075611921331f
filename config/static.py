"""Static files as they are collected: hashed, compressed, without source maps."""

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(StaticFilesConfig):
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "*.map"]


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Leaves alone what a file says of its source map, which is not collected."""

    patterns = tuple(
        (kind, tuple(pattern for pattern in wanted if "sourceMappingURL" not in str(pattern)))
        for kind, wanted in CompressedManifestStaticFilesStorage.patterns
    )
