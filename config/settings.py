"""All settings. What differs from one place to another comes from the environment."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from config import env, logs

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = env.path("PORTAL_STATE_DIR", BASE_DIR / "var")
FILES_DIR = env.path("PORTAL_FILES_DIR", STATE_DIR / "files")
# The fonts of printed tables, and a folder where an office may lay .ttf files for characters they lack.
FONTS_DIR = BASE_DIR / "fonts"
OWN_FONTS_DIR = env.path("PORTAL_FONTS", STATE_DIR / "fonts")

# production, demo or test; only production is the default.
MODE = env.choice("PORTAL_MODE", ["production", "demo", "test"])
PRODUCTION = MODE == "production"
DEBUG = env.flag("DEBUG", False)
SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
if PRODUCTION:
    env.refuse("DEBUG", DEBUG, "must not be on in production: it shows the inside of the portal")
    weak = len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10 or SECRET_KEY.startswith("django-")
    env.refuse("SECRET_KEY", weak, "must be 50 or more random characters")
    env.refuse("ALLOWED_HOSTS", "*" in ALLOWED_HOSTS, "must list the portal's own names, not *")

# Keys of the personal numbers: "1:<64 hex digits>,2:<...>", the highest one encrypts, the others still decrypt.
# The index key never changes: all searches by number depend on it.
PORTAL_KEYS = env.keys("PORTAL_KEYS")
PORTAL_INDEX_KEY = env.key("PORTAL_INDEX_KEY")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "config.static.StaticFiles",
    "django.contrib.humanize",
    "django.forms",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "django_htmx",
    "axes",
    "core",
    "exchange",
    "talent",
    "programs",
    "training",
    "assessment",
]

MIDDLEWARE = [
    "config.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "core.middleware.PrintableMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.AccessMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.navigation.navigation",
                "core.trail.way_back",
                "exchange.notices.unread",
            ],
        },
    },
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CSRF_FAILURE_VIEW = "core.errors.page_too_old"

# Database. A page may not wait for ever; an import or a report may take long.
DATABASES = {"default": env.database("DATABASE_URL")}
DATABASES["default"] |= {"CONN_MAX_AGE": env.number("CONN_MAX_AGE", 60), "CONN_HEALTH_CHECKS": True}
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", "5")
WEB = env.flag("PORTAL_WEB", False)
if WEB:
    DATABASES["default"]["OPTIONS"]["options"] = (
        "-c statement_timeout=15000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=30000"
    )

# Who may come in
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATORS = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": _VALIDATORS + "UserAttributeSimilarityValidator"},
    {"NAME": _VALIDATORS + "MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": _VALIDATORS + "CommonPasswordValidator"},
    {"NAME": _VALIDATORS + "NumericPasswordValidator"},
]
LOGIN_URL = "core:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "core:login"

# Whole offices share one address, so name and address lock together.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "errors/lockout.html"

SESSION_ENGINE = (
    "django.contrib.sessions.backends.db"  # Redis may vanish; nobody is logged out by that
)
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_NAME = "portal_session"
CSRF_COOKIE_NAME = "portal_csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}  # cannot be down

# How many citizen numbers a user may check for being in a class, by span of time.
NUMBER_CHECKS = {"hour": 60, "day": 300}
# How many different ones may stand in rows that are judged before they are saved.
# A list of numbers that is looked up takes one check, and its numbers from these.
ROW_JUDGEMENTS = {"hour": 5_000, "day": 20_000}

HTTPS = env.flag("PORTAL_HTTPS", PRODUCTION)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", "")
BEHIND_PROXY = env.flag("PORTAL_BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    AXES_CLIENT_IP_CALLABLE = "config.middleware.client_address"
SECURE_CSP = {  # the name and the shape that Django 6 uses
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}

# Language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]  # each in its own words
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# Files
STATIC_URL = "static/"
STATIC_ROOT = env.path("PORTAL_STATIC_DIR", STATE_DIR / "static")
STATICFILES_DIRS = [folder for folder in [BASE_DIR / "static"] if folder.is_dir()]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": FILES_DIR,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "config.static.HashedStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
if MODE == "test":  # files as they are, not as collected
    STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "core.uploads.TemporaryFiles",
]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["core.api.access.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["core.api.access.DeclaredAccess"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.api.answers.answer",
    "URL_FORMAT_OVERRIDE": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Talent programs portal",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "JobState": "exchange.models.Job.State",
        "EnrollmentState": "training.models.Enrollment.State",
        "SkillLevel": "training.models.SkillLevel",
        "RegionLevel": "core.models.Region.Level",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
}

LOGGING = logs.configure(env.text("LOG_LEVEL", "INFO"))

# Worker. No result backend: with one, a publish blocks for 19 s when Redis is down.
REDIS_URL = env.redis("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SOFT_TIME_LIMIT = 25 * 60
CELERY_TASK_TIME_LIMIT = 30 * 60
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 600_000  # KB
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "core.scheduler:PortalScheduler"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 6 * 60 * 60,  # longer than the longest task, or it would run twice
    # When Redis hangs, a page waits for three times this, not longer; the worker has patience.
    "socket_timeout": 1 if WEB else 5,
    "socket_connect_timeout": 1 if WEB else 5,
    "health_check_interval": 10,  # a worker whose Redis hangs notices within about 20 s
}
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}

# Mail. Without a server it goes to the log of the worker; one that hangs must not hold the worker.
MAIL_SERVER = env.mail("SMTP_URL")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL_SERVER else 'console'}.EmailBackend"
EMAIL_HOST = MAIL_SERVER.get("EMAIL_HOST", "localhost")
EMAIL_PORT = MAIL_SERVER.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = MAIL_SERVER.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = MAIL_SERVER.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = MAIL_SERVER.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = MAIL_SERVER.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", "portal@localhost")
# How users write the portal's address, for mails and for codes on paper; '' leaves it out.
PORTAL_URL = env.text("PORTAL_URL", "").rstrip("/")
# The file, outside of the database, that keeps the newest link of every county's chain of receipts.
ANCHORS_FILE = env.path("PORTAL_ANCHORS", STATE_DIR / "anchors" / "heads.txt")
# Who gets the newest links by mail every day.
ANCHOR_MAIL = [a.strip() for a in env.text("PORTAL_ANCHOR_MAIL", "").split(",") if a.strip()]

# Jobs. A worker that dies lets its lease run out; the sweep then sends the job again.
JOB_LEASE_SECONDS = env.number("JOB_LEASE_SECONDS", 30)
JOB_HEARTBEAT_SECONDS = env.number("JOB_HEARTBEAT_SECONDS", 1)
JOB_FORGOTTEN_SECONDS = env.number("JOB_FORGOTTEN_SECONDS", 20)
IMPORTS_WAIT_DAYS = env.number("IMPORTS_WAIT_DAYS", 30)
LIST_CHECKS_KEPT_HOURS = env.number("LIST_CHECKS_KEPT_HOURS", 24)
RECONCILIATIONS_KEPT_DAYS = env.number("RECONCILIATIONS_KEPT_DAYS", 30)
REPORTS_KEPT_DAYS = env.number("REPORTS_KEPT_DAYS", 90)
