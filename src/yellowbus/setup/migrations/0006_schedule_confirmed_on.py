from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("setup", "0005_policy")]

    operations = [
        migrations.AddField(
            model_name="schedule",
            name="confirmed_on",
            field=models.DateField(null=True),
        ),
    ]
