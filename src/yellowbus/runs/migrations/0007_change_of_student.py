from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("runs", "0006_exporting")]

    operations = [
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["student_id"], name="change_of_student"),
        ),
    ]
