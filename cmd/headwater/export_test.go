package main

import "testing"

// TestExportRecordedBy: an export and a report that are recorded by a place are what they were then, whatever came after, and what names no
// place is refused.
func TestExportRecordedBy(t *testing.T) {
	t.Parallel()
	out, err := shell(t, []string{"HEADWATER_DATA_DIR=" + dataDir(t)}, `
headwater add source --key quay --kind outlet --name "Quay Courier" > /dev/null
headwater add claim --key gates --statement en="The gates were shut." > /dev/null
headwater sequence > /dev/null
headwater export > all; headwater export --format csv --of sources > table; headwater report gates > said
headwater add source --key lock --kind outlet --name "Lock Office" > /dev/null
headwater sequence > /dev/null
! headwater export | cmp -s - all
headwater export --recorded-by 2 | cmp - all
headwater export --format csv --of sources --recorded-by 2 | cmp - table
headwater report gates --recorded-by 2 | cmp - said
for bad in "headwater undo 6f1c0a52-6a5e-7f0e-9d0e-3f1f6a1b2c3d" "headwater import all" "headwater add source"; do
  if $bad --reason "$(printf 'a\nb')" 2> refused; then exit 1; fi; grep U+000A refused
done
if headwater export --recorded-by 1000 2> refused; then exit 1; fi
grep -e --recorded-by refused`)
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
