"""Audit events are written once: the database itself refuses to change, delete or truncate them."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION setup_auditevent_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit events are append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON setup_auditevent
  FOR EACH ROW EXECUTE FUNCTION setup_auditevent_refuse();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON setup_auditevent
  FOR EACH STATEMENT EXECUTE FUNCTION setup_auditevent_refuse();
"""
ALLOW = """
DROP TRIGGER append_only ON setup_auditevent;
DROP TRIGGER append_only_whole ON setup_auditevent;
DROP FUNCTION setup_auditevent_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("setup", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
