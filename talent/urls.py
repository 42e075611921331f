from django.urls.resolvers import URLPattern, URLResolver

app_name = "talent"
urlpatterns: list[URLPattern | URLResolver] = []
