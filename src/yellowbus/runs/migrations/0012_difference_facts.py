"""The facts of the sentence that says why something differs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("runs", "0011_differences"),
    ]

    operations = [
        migrations.AddField(model_name="difference", name="facts", field=models.JSONField(db_default={})),
    ]
