"""Word lists that tell names from other words: written for this project, small, and only hints among others.

A name that is in no list is found by its form and the words around it, and a listed word is no name in every place.
"""

from __future__ import annotations

from functools import lru_cache

__all__ = ["FIRST_NAMES", "JOBS", "PLACES", "SURNAMES", "lexicons", "phrases"]

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
aarav abdullah abebe addison adeline adriana agata agnieszka ahmad aiden aino alaina aleksandr aleksandra alexa
alexandria alexei alfonso alfredo alvaro alyssa amelie aminata amit amparo andrzej aneesh aneta anika anil anke
annabelle annika antti anurag aria ariel arvid asa asher asif aubrey autumn avery ayesha ayse azra bartosz beata bella
benedikt bennett bente berit bjarne blake blanca bogdan bohdan boris braden branko brayden brianna britta brittney brody
brooke brooklyn bryce camilo cara carlotta carmela cassandra cassidy catarina caterina cayden chase chelsea cheyenne
chiamaka chiara chinedu claudine claus clayton clifford clyde cody colton concetta constance consuelo cora corey cory
courtney cristiano cristobal dagmar dakota dallas damian damon darius dariusz darlene darrell darya daryl deepak delilah
della delores deondre derrick desiree desmond destiny dexter dilip dirk dmitry domenico dorota dragan dwayne dwight
easton edoardo efua eija eino ekaterina elaina eliana elif elise eliska elke eloise elsie emeka emery emilia emine enzo
erick erika ernestine ernst esperanza esteban eszter ethel eugenia evangeline everett evgeny ewa faith fatma faye
federica federico ferenc filip filippo finley francois frankie françoise frederik frida fritz fumiko garrett gaspard
gaurav genesis genevieve gerardo gerda gertrude giancarlo gianna gianni gideon gilbert gilles ginger giorgia gisela
glenda gonzalo graciela grzegorz guadalupe gunnar gunter gustavo gwen gwendolyn gyula haakon hailey hakan halina hanne
harley harmony haruka haruki hayden hector heinz hendrik henrietta herman hilary hilda hiroko holden hudson hunter
huseyin ignacio ikram ilona imogen imran inga ingeborg irma isabelle istvan iva ivana ivy jaap jace jada jaden jakob
jakub jameson janelle janine janusz jaroslav jasper javon jayden jeanette jeannie jelena jena jens jerald jeremiah
jermaine jerzy joaquim jocelyn jodi jody jolene joost jorn josiah josie jovana jozef juana jukka julien juliet jörg
jürgen kaitlyn kaleb kamal kamil kara kasey kasper katarina katarzyna kateryna kathrine katy kayla kaylee kazimierz
keiko kelley kelsey kendall kendra kenya kerry kerstin kirk kjell klara kofi krishna kristi kristian kristie kristy
krystyna krzysztof kurtis kwame kylie lacey laila lamar lamine lana lasse laszlo latoya leandro leanne leland lennart
leona leroy leticia levi lexi lidia lieke ligia lincoln lindsay lindsey lionel lola lorena lorraine lothar lourdes
luciano lucie lucille ludmila ludovic luella luigi lukas lukasz luther lyle maarten mabel mackenzie maggie magnus
mahmoud maja malgorzata malik mallory mandy manfred manuela marcella marek margarita margit margot marguerite mariah
mariam mariana marija marije marissa maritza marius marko marlin marlon marshall maryann mateusz matilde matthieu
maurizio mavis mehmet melinda melody mercy meredith mette micah michaela michal mikael mikhail milan milena milos
miranda mireille mirjana misty moises monique morris muriel myra myron nadine naoko natalya nell nelson nguyen nichole
nikita nikola nikos nils noemi nolan nuno nuria oksana oleksandr olena olive omer opal ousmane paige palle paolo pascal
patrice paulette pavel pawel payton pearl pekka pelle percy perry peyton pilar piotr pradeep prakash pranav preston
priscilla priyanka quentin quincy rachid radek rafal rajesh ramesh ramona randall rania rashid ravi raymundo reagan reed
regan reginald reinhard remy renata renate reuben rhoda riley rochelle rocio rodolfo rodrick rodrigo ronnie rory
rosalind rosario rosie rowan roxanne rudy rufus ruud ryszard sabina sachiko sade sadie salma salvador salvatore samara
sandeep sandro sanna santosh saoirse savannah sawyer sebastien selena serge shana shari sharron shauna shelby sherman
sherri shinji shirin shreya siegfried sierra sigrid silas silvana siobhan skylar slavko snezana sonya sota spencer
stacie stanislav stefano stephane sterling summer sunil suresh susie svetlana sydney sylvester szymon tabitha tadeusz
takashi tamika tania tarek tasha tatyana taylor tereza terje tessa thabo thandiwe thelma thierry thijs thor tia timmy
timo tomasz tommie tomoko tonya tori tove traore tricia trinity troy tyrone tyson udo vaclav valentin valerio vasile
vasily velma verna vesna vicente vickie vijay vikram viktor viktoria vince vincenzo vittoria vladislav wade wallace
wanjiru wendell whitney wilbur wilfred willard willem wilma winifred winston wojciech xavi yannick yara yasmine yesenia
yevgeny yiannis yoko yosef younes yuka yuko yulia yusuke yves zachery zainab zane zbigniew zdenek zelda zeynep zofia
zoltan zsofia zuzana
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
abramov acosta adamson adeyemi agarwal aguilar aguirre akhtar albrecht alexander ali alonso alves amato andersen andrade
andreou antonov aoki arias asante ashby atkins atkinson avila ayala aydin bachmann balogun banerjee barbieri barker
barlow barr barrett barron barros barry bartlett barton basu bates baumann bautista baxter beasley beck beltran benitez
benson bhatt bishop blackburn blair blake blanchard bond bondarenko booth bosch bourne bowen bowman boyd boyle bradford
bradley brady brandt braun brennan bridges briggs britt brock browning bruno buchanan buck bueno bullock burgess burnett
burton bush byrne cabrera calderon caldwell callahan camacho cameron cannon cardenas cardoso carey carlsson carr
carrillo carroll carson caruso carvalho casey castro cervantes chambers chandler charles chaudhary cherry choi
christensen christian chung church clarkson clay clayton clements cline cobb cochran coffey colon combs compton conley
conner conrad conway copeland correa cortes cortez costello cowan craig crane cross cummings curry curtis daniel daniels
daugherty davenport david davidson dawson decker demir deng dennis desai deshmukh diallo dias dickerson dickson dietrich
dillon dixit dodson dolan dominguez donovan dorsey dougherty douglas dowling downs doyle drake dudley duffy duke dunlap
dunn duran duval dyer eaton ebert eckert emerson engel english erdogan erickson escobar esposito estes estrada farley
farmer farrell faulkner ferguson fernandes ferrara ferrer fields figueroa finch finley fitzgerald fitzpatrick fleischer
fletcher flores floyd flynn fonseca forbes forsberg fournier francis frank franklin franz frazier frederick freitas
friedman friedrich friis frost fry fujita fuller gallagher gallegos galloway galvan garner garrett garrison garza gates
geiger gentile gentry gerber gibbs gilbert giles gill gillespie giordano girard glass glenn glover goldberg golden gomes
goncalves goodwin goto graf graves greco greene gregory griffith grimes gross guerin guerra guzman haas hahn hail hale
hammond hancock haney hardin harding hardy harmon harrell hartman hasan hashimoto hassan hatfield hawkins haynes heath
hebert hein heinrich heller hendricks hendrix henriksen henson herbert herman herring herrmann hess hickman hicks
higgins hinton hirsch ho hobbs hodge hodges hogan holden holder holland holloway holm holt hood hooper hoover hopkins
horn horne horton house houston howe howell hu hudson huff huffman humphrey hurley hussain hussein hutchinson ibrahim
iglesias ingram ishikawa islam iyer jacobsen jacobson jain james jarvis jefferson jennings jimenez jorgensen joseph
joshi joyce juarez jung kane kang kapoor karlsson kato kaya kemp kent kerr khalil kiefer kimura kirby kirk kirsch knox
kobayashi koh kramer kraus krause krueger kruger kuhn kurtz kuznetsov lam lamb lang lange langley lawson le leach leal
leblanc lehman leon leonard leone leroux leslie lester levine levy liang lim lin lindberg lindgren lindqvist little
livingston lloyd logan lombardi long lorenz love lowe lowery lucas lucero luna luo lutz lyons ma macias mack madden
maddox maldonado malik malone mann manning marchetti mariani marquez marquis martens martins massey mathews mathis
maxwell may maynard mcbride mccall mccarthy mcclure mcconnell mccormick mccoy mccullough mcdaniel mcdowell mcgee mcgrath
mcguire mcintosh mcintyre mckay mckee mckinney mclaughlin mclean mcmahon mcmillan mcneil mcpherson meadows mehmeti mejia
melendez melton mercado mercer merrill merritt meyers michael middleton miles miranda mishra mohamed mohr molnar monroe
montes montgomery montoya moody moon moran moretti morgenstern morin morita morrow morse morton moser moses moss moyer
mukherjee mullen mullins munoz murillo nagy nair nash navarro neal nieves nikolov nixon noble nolan norman norris norton
novikov nowak nunes nunez oakley ochoa odonnell ogawa okafor okonkwo olivares oliver olsson oneal oneill onyango orozco
orr osborne osei osman ozturk pace pacheco padilla page palmieri pan pappas parks parra parrish parsons patrick patton
paul paulson payne pearce pearson peck pena pennington perrin petersson petit petrovic pfeiffer phan phelps pierre
pineda pinto pires pittman pitts pollard ponce poole pope popescu popov potter potts powers prasad pratt preston prince
proctor pruitt puckett pugh quintana ralston ramsey randall randolph rangel rao rasmussen raymond reddy reese reeves
reilly reuter rhodes riggs rinaldi rios rivas robbins roberson robles rocha roche rollins roman rosales rosario rose
roth rowe roy rubio ruiz rush rutledge ryder saito salas salazar saleh salinas sampson samuels sanford santana santoro
sargent saunders savage sawyer schaefer schafer scherer schmitz schulte schumacher schuster schwab sellers serrano
sexton shaffer shannon sharpe shelton shepard shepherd sheppard sherman shields short silvestri sims sinclair singleton
skinner sloan small snow solis solomon sorensen sosa sousa sparks spears spence stafford stanley stanton stark steele
stephens stephenson stevenson stokes stout strickland strong stuart sutton swanson sweeney talbot tan tang tate teixeira
terrell terry testa thornton tian tkachenko todd toth townsend travis trevino trujillo tsui tyler underwood valdez
valencia valentine valenzuela vance varga vaughan vaughn velasquez velez venter vera vidal villa villanueva villarreal
vincent vitale volkov vu wade wall waller walter walters walton ware warner warren waters watkins watts weeks weinberg
welch werner wheeler whitaker whitehead whitney wiggins wilcox wilder wiley wilkerson wilkins wilkinson willis winkler
winters wise witt wolfe woodard woodward wyatt xu yadav yamada yamaguchi yates ye yoder yoon york yoshida yu zamora
zapata zeller zeng zhu ziegler zielinski zimmerman zuniga
"""
PLACES = """
hague
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
aarhus aberdeen abuja accra adelaide ahmedabad albany albuquerque aleppo alexandria algiers alicante almaty alsace
amarillo amman anaheim anchorage andalusia angers anguilla ankara annapolis antalya antarctica antigua antwerpen aragon
arezzo arhus arlington aruba asheville astana asuncion athína aurora avignon baden baghdad bahia bakersfield baku bali
balkans bamako bandung bangalore bangor bari barnsley baroda bath beirut belgrade bengal benghazi bergen bermuda bhopal
bielefeld bihar bilbao billings blackburn blackpool bloomington bochum bohemia boise bolton bonn boulder bournemouth
bradford braga brandenburg brasilia bratislava brest brighton brittany brno bronx bruges brugge brunswick bruxelles
bucurești buffalo burbank burgos burgundy burlington burma cadiz caen calabria calcutta cali cambridge campinas canberra
cannes canton caracas caribbean carinthia cartagena casablanca catania chandigarh charleston charlotte charlottesville
chattanooga chelsea chemnitz chengdu chennai chesapeake chester chiapas chisinau chittagong chongqing christchurch
clermont cluj coimbra colchester colmar columbia columbus como constanta cordoba cordova cork cornwall corsica coventry
crete crimea croydon curacao curaçao curitiba cusco córdoba dakar dalian damascus darlington dayton debrecen delft
denton derby devon dhaka dijon doha donetsk dorset dortmund dover dundee durban durham düsseldorf eindhoven erfurt essen
essex eswatini eugene exeter fargo faro ferrara fez firenze flint florence foggia fortaleza freiburg fresno fukuoka
galicia galway gaza gdansk gdynia geelong genova gent genève ghent gibraltar gijon glendale gloucester goa granada graz
greensboro grenoble groningen guadalajara guadeloupe guam guangdong guangzhou guayaquil guernsey gujarat göteborg
haarlem haifa halifax halle hamilton hampshire hangzhou harare harlem harrisburg hartford hastings havana heidelberg
helsingborg heraklion herzegovina hesse hiroshima hobart hokkaido hollywood honolulu hunan huntsville hyderabad ibadan
ibiza incheon indianapolis innsbruck inverness ipswich irvine islamabad izmir jackson jacksonville jaipur jalisco jeddah
jena jersey kabul kampala kandahar karlsruhe karnataka kashmir kassel kathmandu katowice kaunas kelowna kent kerala
kharkiv khartoum kiel kigali kingston kinshasa kiribati knoxville kobe koblenz kolkata kosice kraków kyrgyzstan kyushu
köln københavn labrador lahore lancaster lansing laredo leicester leiden leon lexington liege lille limassol limerick
limoges lincoln linz lisboa livorno ljubljana lodz lombardy louisville lowell luanda lubbock lubeck lublin lucca lucerne
lucknow lugano lusaka luxor lviv maastricht macao macau madison madurai magdeburg maharashtra mainz malaga mallorca
malmo malmö managua manaus manhattan mannheim maputo maracaibo maribor martinique mayotte mecca medellin medina mendoza
mesa messina metz micronesia middlesbrough milano milwaukee minsk mississauga mobile modena mogadishu mombasa monterey
monterrey montevideo montgomery montpellier montserrat monza moravia moskva mosul muenster mulhouse multan murcia muscat
málaga münchen nagasaki nagoya nagpur nanjing nantes nantucket naperville napoli nauru newark newcastle newfoundland
newport niue norfolk normandy norwich nottingham novosibirsk nunavut nuremberg nürnberg oakland oaxaca odense okinawa
oldenburg olympia omaha orleans osnabruck ostend ostrava oulu oviedo paderborn padua palestine palma pamplona parma
pasadena patagonia patna pavia pensacola peoria perugia peshawar phnom piedmont pisa plano plovdiv plymouth podgorica
poitiers portsmouth potsdam poznan praha preston pristina provence providence puebla pune punjab queens quito rabat
rajasthan raleigh ravenna reading recife redmond regensburg regina reims rennes reno reunion reykjavik rhodes riyadh
roanoke rochester roma rosario rostock rouen réunion saarbrücken salamanca salem salerno salinas salvador samara sapporo
sarajevo sarasota sardinia saskatchewan saskatoon savannah scandinavia scottsdale scranton seine setubal sevilla
shenzhen shreveport siberia sichuan sicily siena silesia skopje somerset southampton spokane springfield stavanger
stockton styria sumatra sunderland surat surrey sussex svalbard swansea swaziland syracuse szczecin szeged tabriz tacoma
taipei tallahassee tamil tampere tangier taranto tashkent tasmania tbilisi tel tenerife thessaloniki thuringia tianjin
tibet tijuana tirana tokelau toledo torino toulon tours transylvania trento trieste tripoli tromso trondheim tucson
tulsa tunis turku tuvalu tyrol udine ulm umbria uppsala utrecht vaduz valladolid vallejo valparaiso vanuatu varna
venezia verona versailles vigo vladivostok volgograd warszawa warwick waterford weimar westphalia wichita wien wiesbaden
wilmington wolfsburg wolverhampton worcester wroclaw wuhan wuppertal würzburg yangon yerevan yokohama yonkers york
yorkshire yucatan yukon yunnan zaragoza zürich
"""
_ORGANISATIONS = """
inc llc ltd plc corp corporation company co gmbh ag sa srl spa bv nv oy ab as kg group holdings partners associates
industries enterprises solutions systems technologies technology services bank university college institute hospital
clinic school foundation association society ministry department agency council committee union church club airlines
airways motors electric energy pharma insurance capital ventures consulting logistics studios media press press
records labs laboratories international global trust museum bros sons limited incorporated
academy analytics app apps aps army asa authority bakery bancorp brewery broadcasting bureau care center centre
chemicals commission communications construction credit data design digital distributors dynamics eg engineering
enterprise entertainment express factory farms federal federation fund furniture games goods government health
healthcare hotel hotels inn interactive investments kgaa laboratory law league llp logic manufacturing maps market
marketing markets mart motor mutual navy network networks ohg oil online orchestra outfitters oyj parliament party
pharmaceuticals pizza police power products properties pty publishing railway realty research restaurant retail sarl sas
savings science securities security senate shipping software sports spzoo station steel store stores strategies
supermarket supply team telecom theatre tools toys trading transport travel utilities wines works workshop
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
_BEHIND_NAMES = "jr sr ii iii iv esq phd md dds dvm mba cpa rn dmd pe ba bsc msc"
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
_COUNTRIES = """
antigua and barbuda, american samoa, bosnia and herzegovina, british virgin islands, burkina faso, cape verde
, cabo verde, cayman islands, central african republic, christmas island, cook islands, costa rica, cote d'ivoire
, côte d'ivoire, czech republic, democratic republic of the congo, republic of the congo, dominican republic
, east timor, el salvador, equatorial guinea, falkland islands, faroe islands, french guiana, french polynesia
, great britain, guinea - bissau, hong kong, isle of man, ivory coast, kingdom of the netherlands, holy see
, kingdom of denmark, kingdom of norway, kingdom of spain, kingdom of saudi arabia, kyrgyz republic, lao people's
 democratic republic, libyan arab jamahiriya, marshall islands, federated states of micronesia, netherlands antilles
, new caledonia, new zealand, new south wales, nova scotia, british columbia, north korea, south korea
, democratic people's republic of korea, republic of korea, people's republic of china, republic of china
, islamic republic of iran, syrian arab republic, united republic of tanzania, republic of moldova, north macedonia
, northern ireland, northern mariana islands, papua new guinea, puerto rico, russian federation, san marino
, sao tome and principe, são tomé and príncipe, saudi arabia, sierra leone, slovak republic, solomon islands
, south africa, south sudan, sri lanka, saint lucia, st lucia, st . lucia, saint kitts and nevis, saint helena
, saint vincent and the grenadines, saint pierre and miquelon, trinidad and tobago, turks and caicos islands
, united arab emirates, united kingdom, united states of america, united states, viet nam
, u . s . a, u . s, u . k, virgin islands, us virgin islands, western sahara, wallis and futuna
, palestinian territories, palestinian territory
, new york, new york city, new jersey, new mexico, new hampshire, new orleans, new delhi, north carolina
, south carolina, north dakota, south dakota, rhode island, west virginia, district of columbia, washington dc
, washington d . c, los angeles, san francisco, san diego, san jose, san antonio, santa barbara, santa cruz, santa fe
, santa monica, las vegas, salt lake city, kansas city, oklahoma city, jersey city, mexico city, quebec city
, saint louis, st louis, st . louis, saint paul, st paul, fort worth, fort lauderdale, fort wayne, el paso
, colorado springs, long beach, long island, baton rouge, corpus christi, des moines, grand rapids, little rock
, palm springs, palo alto, santa clara, sioux falls, virginia beach, ann arbor, buenos aires, cape town, kuala lumpur
, rio de janeiro, são paulo, sao paulo, porto alegre, belo horizonte, santo domingo, san juan, san salvador
, sierra nevada, st petersburg, st . petersburg, saint petersburg, tel aviv, den haag, den bosch
, frankfurt am main, baden baden, bad homburg, addis ababa, abu dhabi, ho chi minh city, port elizabeth, port moresby
, prince edward island, western australia, south australia, northern territory, gold coast, alice springs
, newcastle upon tyne, stratford upon avon, milton keynes, kingston upon hull, south wales, west yorkshire
, north yorkshire, west midlands, greater manchester, east sussex, west sussex, tierra del fuego, costa brava
, santiago de compostela, palma de mallorca, las palmas, san sebastián, castilla la mancha, clermont ferrand
, aix en provence, le havre, le mans, la rochelle, saint étienne, saint denis, la spezia, reggio emilia, baja california
, middle east, latin america, south america, north america, central america, western europe, eastern europe
, southeast asia
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
        "d": _DATES, "c": _COMMON, "n": _BEHIND_NAMES,
    }  # fmt: skip
    for letter, listed in lists.items():
        for word in set(listed.split()):
            found[word] = found.get(word, "") + letter
    return found


@lru_cache(maxsize=1)
def phrases() -> dict[str, list[list[str]]]:
    """Listed names of several words: for the first word, what may follow it, the longest first."""
    found: dict[str, list[list[str]]] = {}
    for phrase in _COUNTRIES.split(","):
        first, *rest = phrase.replace("'s", " 's").split()
        found.setdefault(first, []).append(rest)
    for rests in found.values():
        rests.sort(key=len, reverse=True)
    return found
