"""Word lists that tell names from other words: written for this project, small, and only hints among others.

A name that is in no list is found by its form and the words around it, and a listed word is no name in every place.
"""

from __future__ import annotations

from functools import lru_cache

__all__ = ["FIRST_NAMES", "JOBS", "PLACES", "SURNAMES", "lexicons"]

FIRST_NAMES = """
aaron abdul abigail abraham ada adam adele adrian agnes ahmed aidan aisha akira alan alana albert alberto alejandro
aleksander alessandro alex alexander alexandra alexis alfred ali alice alicia alina alison allan amal amanda amber
amelia amina amir amy ana anastasia anders andre andrea andreas andres andrew andy angel angela angelica angelo anita
anja ann anna anne annette annie anthony antoine anton antonio anya april ariana arjun arthur asha ashley astrid
audrey aurora austin ava barbara beatrice ben benjamin bernard bernd beth bethany betty beverly bianca bill billy
birgit bjorn bob bonnie brad bradley brandon brenda brent brett brian bridget brittany bruce bruno bryan caleb calvin
cameron camila camille carl carla carlos carmen carol carolina caroline carolyn carrie catherine cathy cecilia cedric
celine chad charles charlie charlotte chen chloe chris christian christina christine christopher cindy claire clara
claude claudia clement clara colin connie connor craig cristina crystal curtis cynthia daisy dale dan dana daniel
daniela danielle danny darren dave david dawn dean deborah debra denise dennis derek devon diana diane diego dieter
dimitri dmitri dolores dominic dominique don donald donna doris dorothy douglas duncan dylan earl ed eddie edgar edith
eduardo edward edwin eileen elaine eleanor elena eli elias elijah elizabeth ella ellen elsa emil emily emma emmanuel
enrique eric erica erik erin ernest esther ethan eugene eva evan evelyn fabian fatima felicia felix fernando finn
fiona florence florian frances francesca francesco francis francisco frank franz fred frederic frederick friedrich
gabriel gabriela gail gareth gary gavin gemma gene geoffrey george georgia gerald gerard gerhard giorgio giovanni
giulia giuseppe gladys glen glenn gloria gordon grace graham grant greg gregory greta guido guillaume gustav guy hans
hannah hanna harold harriet harry hassan hazel heather heidi heike heinrich helen helena helga henri henrik henry
herbert hiroshi holly howard hugh hugo ian ibrahim ida igor ines ingrid irene iris irina isaac isabel isabella ivan
jack jackie jackson jacob jacqueline jacques jaime jake james jamie jan jana jane janet janice jason jasmine javier
jay jean jeff jeffrey jenna jennifer jenny jeremy jerome jerry jesse jessica jesus jill jim jimmy jin joan joanna
joanne joao joe joel johan johanna johannes john johnny jon jonas jonathan jordan jorge jose josef joseph josephine
josh joshua joyce juan juanita judith judy julia julian juliana julie juliette julio june jurgen justin kai karen
karin karl karla kate katharina katherine kathleen kathryn kathy katie katja katrin kay keith kelly ken kenji kenneth
kevin khalid kim kimberly klaus kristen kristin kristina kumar kurt kyle lara larry lars laura lauren laurent lawrence
lea leah leila lena leo leon leonard leonardo leslie lewis li liam lillian lily lina linda lisa lloyd logan lois
lorenzo lori louis louise luc luca lucas lucia lucy luis luisa luke lydia lynn madeleine madison magdalena malcolm
manuel marc marcel marcia marco marcos marcus margaret maria marian marianne marie marina mario marion marjorie mark
markus marlene marsha marta martha martin martina marvin mary mason mateo mathias matt matteo matthew matthias maureen
maurice max maxim maya megan mei melanie melissa mercedes mia michael michel michelle miguel mike mila mildred
mitchell mohamed mohammad mohammed moira molly monica monika morgan moritz muhammad mustafa nadia nancy naomi natalia
natalie natasha nathan nathaniel neil nicholas nick nicola nicolas nicole nigel nikolai nina noah noel noor nora norma
norman olaf oleg olga oliver olivia omar oscar otto owen pablo pamela paola patricia patrick paul paula pauline pedro
peggy penelope penny pete peter petra phil philip philippe phillip phoebe phyllis pierre priya rachel rafael rahul raj
ralph ramon randy raquel raul ray raymond rebecca regina rene renee rhonda ricardo richard rick ricky rita robert
roberta roberto robin rodney roger roland rolf roman ronald rosa rosalie rose rosemary ross roy ruben ruby rudolf
russell ruth ryan sabine sabrina sally sam samantha samir samuel sandra sanjay santiago sara sarah saskia satoshi
scott sean sebastian serena sergei sergio seth shane shannon sharon shaun sheila shelly sherry shirley sid sidney
silvia simon simone sofia sonia sonja sophia sophie stacey stacy stan stanley stefan stefanie stella stephan stephanie
stephen steve steven stuart sue susan susanne suzanne sven sylvia takeshi tamara tammy tanya tara tatiana ted terence
teresa terri terry thea theo theodore theresa thomas tiffany tim timothy tina tobias todd tom tomas tommy toni tony
tracy travis trevor tristan tyler ulrich umar ursula uwe valentina valeria valerie vanessa vera vernon veronica vicki
victor victoria vincent viola violet virginia vivian vladimir walter wanda wang warren wayne wei wendy werner wesley
wilhelm will william willie wolfgang xavier xiao yasmin yolanda yuki yuri yusuf yvette yvonne zachary zara zoe
"""
SURNAMES = """
abbott adams ahmed allen alvarez anderson andersson armstrong arnold bailey baker barnes bauer becker bell bennett
berg bernard bianchi black blanc bianchi brooks brown bryant burke burns butler campbell carlson carpenter carter
castillo chan chang chapman chavez chen clark clarke cohen cole coleman collins colombo conti cook cooper costa cox
crawford cruz cunningham dahl davies davis dean delgado diaz dixon dubois duncan dupont durand edwards ellis eriksson
evans fernandez ferrari ferreira fischer fisher fleming fontaine ford foster fox fowler franco fraser freeman fuchs
fuentes garcia gardner garnier george gibson gomez gonzalez goodman gordon graham grant gray green griffin guerrero
gupta gutierrez hall hamilton hansen hanson hansson harper harris harrison hart hartmann harvey hayes henderson henry
hernandez herrera hill hoffman hoffmann holmes horvat howard huang huber hughes hunt hunter ito ivanov jackson jacobs
jansen jensen jenkins johansson johnson johnston jones jordan kaiser kaur keller kelly kennedy khan kim king klein
knight koch kowalski kovacs kumar lambert lane larsen larson laurent lawrence lee lefebvre lehmann leroy lewis li liu
lopez lopes ludwig lund lynch macdonald maier marino marsh marshall martin martinez mason matthews mayer mcdonald
mckenzie medina mehta mendez mendoza meyer miller mills mitchell molina moore morales moreau moreno morgan morris
morrison mueller muller murphy murray myers nakamura nelson neumann newman nguyen nielsen nilsson novak obrien oconnor
oliveira olsen olson ortega ortiz owens palmer park parker patel patterson pedersen pereira perez perkins perry
persson peters petersen peterson petrov petrova pham phillips pierce porter powell price quinn ramirez ramos reed reid
reyes reynolds rice richards richardson ricci richter riley rivera roberts robertson robinson rodriguez rogers rojas
romano romero rosen rosenberg ross rossi rousseau roux russo russell ryan sanchez sanders santiago santos sato schmid
schmidt schmitt schneider schreiber schroeder schulz schwartz scott shah sharma shaw silva simmons simon simpson singh
smirnov smith snyder soto spencer stein stevens stewart stone suarez sullivan suzuki svensson takahashi tanaka taylor
thomas thompson torres tran tucker turner vargas vasquez vega vogel wagner walker wallace walsh wang ward watanabe
watson weaver webb weber weiss wells west white williams williamson wilson winter wolf wong wood woods wright wu
yamamoto yang yilmaz young zhang zhao zimmermann
"""
PLACES = """
afghanistan africa albania algeria america andorra angola argentina armenia asia australia austria azerbaijan bahamas
bahrain bangladesh barbados belarus belgium belize benin bhutan bolivia bosnia botswana brazil britain brunei bulgaria
burundi cambodia cameroon canada chad chile china colombia comoros congo croatia cuba cyprus czechia denmark djibouti
dominica ecuador egypt england eritrea estonia ethiopia europe fiji finland france gabon gambia georgia germany ghana
greece greenland grenada guatemala guinea guyana haiti honduras hungary iceland india indonesia iran iraq ireland
israel italy jamaica japan jordan kazakhstan kenya korea kosovo kuwait laos latvia lebanon lesotho liberia libya
liechtenstein lithuania luxembourg macedonia madagascar malawi malaysia maldives mali malta mauritania mauritius
mexico moldova monaco mongolia montenegro morocco mozambique myanmar namibia nepal netherlands nicaragua niger nigeria
norway oman pakistan palau panama paraguay peru philippines poland portugal qatar romania russia rwanda samoa scotland
senegal serbia singapore slovakia slovenia somalia spain sudan suriname sweden switzerland syria taiwan tajikistan
tanzania thailand togo tonga tunisia turkey turkmenistan uganda ukraine uruguay uzbekistan venezuela vietnam wales
yemen zambia zimbabwe usa uk uae alabama alaska arizona arkansas california colorado connecticut delaware florida
hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota
mississippi missouri montana nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas utah vermont virginia
washington wisconsin wyoming ontario quebec alberta manitoba bavaria saxony tuscany catalonia queensland victoria
amsterdam antwerp athens atlanta auckland austin baltimore bangkok barcelona basel beijing belfast berlin bern
birmingham bogota bologna bordeaux boston bremen brisbane bristol brooklyn brussels bucharest budapest buenos cairo
calgary cardiff chicago cincinnati cleveland cologne copenhagen dallas delhi denver detroit dresden dubai dublin
dusseldorf edinburgh edmonton frankfurt geneva genoa glasgow gothenburg hamburg hanoi hanover helsinki houston
istanbul jakarta jerusalem johannesburg karachi kiev krakow kyoto lagos lausanne leeds leipzig lima lisbon liverpool
london lyon madrid manchester manila marseille melbourne memphis miami milan minneapolis montreal moscow mumbai munich
nairobi naples nashville nice odessa orlando osaka oslo ottawa oxford palermo paris perth philadelphia phoenix
pittsburgh portland porto prague pretoria richmond riga rome rotterdam sacramento salzburg santiago seattle seoul
seville shanghai sheffield sofia stockholm strasbourg stuttgart sydney tallinn tampa tehran tokyo toronto toulouse
turin valencia vancouver venice vienna vilnius warsaw wellington winnipeg zagreb zurich
"""
_ORGANISATIONS = """
inc llc ltd plc corp corporation company co gmbh ag sa srl spa bv nv oy ab as kg group holdings partners associates
industries enterprises solutions systems technologies technology services bank university college institute hospital
clinic school foundation association society ministry department agency council committee union church club airlines
airways motors electric energy pharma insurance capital ventures consulting logistics studios media press press
records labs laboratories international global trust museum bros sons limited incorporated
"""
JOBS = """
accountant actor advisor agent analyst architect artist assistant attorney auditor baker banker barber broker
carpenter cashier chef chemist clerk coach consultant controller coordinator counselor dentist designer developer
director doctor driver economist editor electrician engineer executive farmer firefighter geologist guard inspector
instructor investigator journalist judge lawyer lecturer librarian manager mechanic midwife musician nurse officer
operator optician painter paralegal paramedic pharmacist photographer physician physicist pilot planner plumber police
principal producer professor programmer psychologist receptionist representative reporter researcher salesperson
scientist secretary specialist strategist supervisor surgeon surveyor tailor teacher technician technologist therapist
trader trainer translator treasurer tutor veterinarian waiter waitress welder worker writer ceo cto cfo coo president
chairman chairwoman founder
"""
_TITLES = (
    "mr mrs ms miss mx dr prof professor sir madam lord lady rev father sister herr frau sr sra señor "
    "señora monsieur madame mme mlle captain "
)
_STREETS = """
street st avenue ave road rd boulevard blvd lane ln drive dr court ct place pl square sq terrace way highway hwy
parkway circle close crescent grove mews row walk trail alley plaza loop suite apt apartment unit floor flat box
strasse straße weg platz allee gasse rue via calle avenida plaza piazza viale corso rua laan straat plein gracht kade
gatan gade vej ulica ul
"""
_DATES = """
january february march april may june july august september october november december jan feb mar apr jun jul aug sep
sept oct nov dec monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday am pm
"""
_COMMON = """
a about above account across add address after again against ago all almost along already also always am among an and
another any anyone anything are around as ask at away back bad be because been before being below best better between
big bill book both bring but buy by call called came can card cannot care case change charge check child city come
contact cost could country customer date day days dear did do does done down during each early email end enough even
ever every fax feel few file find first for form found from full gave get give given go going gone good got great
group had has have having he hello help her here hi high him his home house how however i if in into is it its job
just keep know last late learn leave left less let letter like line list little live lives living long look lost lot
love made mail make man many me mean meet meeting message might money month more morning most move much must my name
need never new news next night no none not note nothing now number of off office often old on once one only open or
order other our out over own paid part party pay people person phone place plan play please point problem product
provide put question quite rather read real really received reply report request right room said same say says see
seem seen send sent service set several shall she should show side since sir small so some someone something soon
sorry speak start state still stop street such sure take talk team tell than thank thanks that the their them then
there these they thing things think this those though thought through time to told too took town toward try two under
until up update upon us use used using very via visit wait want was way we week well went were what when where whether
which while who whose why will wife with within without woman word work working world would write year years yes yet
you your
"""


@lru_cache(maxsize=1)
def lexicons() -> dict[str, str]:
    """For each listed word, the letters of the lists that it is in."""
    found: dict[str, str] = {}
    lists = {
        "f": FIRST_NAMES, "s": SURNAMES, "p": PLACES, "o": _ORGANISATIONS, "j": JOBS, "t": _TITLES, "r": _STREETS,
        "d": _DATES, "c": _COMMON,
    }  # fmt: skip
    for letter, listed in lists.items():
        for word in set(listed.split()):
            found[word] = found.get(word, "") + letter
    return found
