from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("runs", "0007_change_of_student"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["key"], name="change_of_record"),
        ),
    ]
