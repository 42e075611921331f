from django.urls import path

from talent import views

app_name = "talent"
urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/find/", views.find, name="find"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/number/", views.show_number, name="reveal"),
]
