"""What differs between the SIS and Enroll is followed, and a dismissal says why."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("runs", "0010_notices_and_purge"),
        ("setup", "0004_drafts_and_glimpses"),
    ]

    operations = [
        migrations.AddField(
            model_name="due",
            name="because",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.AddField(model_name="due", name="dismissed_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="missing",
            name="perhaps",
            field=models.CharField(blank=True, db_default="", max_length=16),
        ),
        migrations.AddField(model_name="page", name="left_out", field=models.JSONField(db_default={})),
        migrations.CreateModel(
            name="Difference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("sis", "In the SIS and not in Enroll"),
                            ("enroll", "In Enroll and not in the SIS"),
                            ("school", "Another school"),
                            ("grade", "Another grade"),
                            ("status", "Another status"),
                        ],
                        max_length=16,
                    ),
                ),
                ("key", models.TextField()),
                ("student_id", models.BigIntegerField(null=True)),
                ("school_code", models.TextField(blank=True)),
                ("outcome", models.CharField(max_length=16)),
                ("reason", models.CharField(blank=True, max_length=64)),
                ("sis", models.TextField(blank=True)),
                ("enroll", models.TextField(blank=True)),
                ("since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("dismissed_by", models.CharField(blank=True, db_default="", max_length=200)),
                ("dismissed_at", models.DateTimeField(null=True)),
                ("because", models.CharField(blank=True, db_default="", max_length=200)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="differences",
                        to="setup.connection",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("connection", "side", "key"), name="difference_once")
                ],
            },
        ),
    ]
