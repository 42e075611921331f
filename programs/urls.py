from django.urls.resolvers import URLPattern, URLResolver

app_name = "programs"
urlpatterns: list[URLPattern | URLResolver] = []
