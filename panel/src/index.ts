import { DuplicatesPanel } from "./DuplicatesPanel";
import { registerOpenScan } from "./host/openScan";
import { register } from "./host/register";

register("IouDuplicatesPanel", DuplicatesPanel);
registerOpenScan();
