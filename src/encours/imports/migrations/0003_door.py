"""One question before a tenant is known: whose import a number is, for the command line."""

from django.db import migrations

from encours.tenancy import schema


class Migration(migrations.Migration):
    dependencies = [("imports", "0002_isolation")]
    operations = [schema.run_file("import_door")]
